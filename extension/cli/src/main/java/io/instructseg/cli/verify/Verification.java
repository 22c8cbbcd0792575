package io.instructseg.cli.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.session.StageException;
import io.instructseg.format.ModelManifest;
import io.instructseg.format.Precision;

/**
 * The comparison of a model with a case of the official code.
 *
 * @param comparisons of every tensor, stage after stage
 */
public record Verification(List<Comparison> comparisons) {

    /**
     * Runs all stages that the case holds, each with the official input, and then the whole.
     *
     * @throws IOException if the case is damaged, or of a model of other sizes
     */
    public static Verification run(SegmentationModel model, Path caseDirectory) throws IOException {
        try {
            return compare(model, caseDirectory);
        } catch (StageException e) {
            throw new IOException(caseDirectory + " is no case of this model: " + e.getMessage(), e);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // tensors that don't fit each other: a recorded case has none
            throw new IOException(caseDirectory + " is damaged, its tensors don't fit each other: " + e.getMessage(), e);
        }
    }

    private static Verification compare(SegmentationModel model, Path caseDirectory) throws IOException {
        GoldenCase golden = GoldenCase.open(caseDirectory);
        Tolerances tolerances = Tolerances.of(model.manifest().map(ModelManifest::precision).orElse(Precision.FLOAT32));
        List<Comparison> comparisons = new ArrayList<>();
        PictureVerifier picture = new PictureVerifier(golden, model, tolerances, comparisons);
        picture.verifyInput();
        new StageVerifier(golden, model.session(), tolerances, comparisons).verify();
        picture.verifyResult();
        if (comparisons.isEmpty()) {
            throw new IOException(caseDirectory + " holds nothing to compare: no stage has both its input and its output");
        }
        return new Verification(comparisons);
    }

    /** Whether all comparisons are within their tolerances. */
    public boolean passes() {
        return comparisons.stream().allMatch(Comparison::passes);
    }

    /** The comparison of each stage that comes closest to its tolerance, or exceeds it most. */
    public List<Comparison> worstOfStages() {
        Map<String, List<Comparison>> stages = comparisons.stream()
                .collect(Collectors.groupingBy(Comparison::stage, LinkedHashMap::new, Collectors.toList()));
        return stages.values().stream().map(stage -> stage.stream().max(Comparator.comparingDouble(Verification::strain))
                .orElseThrow()).toList();
    }

    /** Tensors that were compared of a stage. */
    public int tensors(String stage) {
        return (int) comparisons.stream().filter(comparison -> comparison.stage().equals(stage)).count();
    }

    private static double strain(Comparison comparison) {
        if (comparison.error() == 0) {
            return 0;
        }
        return comparison.tolerance() == 0 ? Double.POSITIVE_INFINITY : comparison.error() / comparison.tolerance();
    }
}
