package io.instructseg.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.instructseg.format.Signature;

/**
 * The answer to an instruction. The model always answers with some mask: a low score means that nothing fits.
 *
 * @param best the candidate with the highest score
 * @param candidates all candidates by falling score if they were asked for, else the best alone
 * @param timings how long each stage took, for all instructions of the request together; a stage that was not needed again is
 *        absent
 */
public record Segmentation(Candidate best, List<Candidate> candidates, Map<Signature, Duration> timings) {

    public Segmentation {
        candidates = List.copyOf(candidates);
        timings = Map.copyOf(timings);
    }
}
