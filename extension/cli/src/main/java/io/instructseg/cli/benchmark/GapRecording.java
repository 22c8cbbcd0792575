package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.instructseg.cli.benchmark.PictureReport.Gap;
import io.instructseg.cli.benchmark.PictureReport.Limits;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.engine.session.OperationRun;
import io.instructseg.format.Signature;

/** Records the operations of an answer to one sentence: what the time beyond the floor is made of. */
final class GapRecording {

    /** The first one prepares the recording. */
    static final int REQUESTS = 2;

    private static final double NANOS = 1e-9;

    private final PictureRequest request;
    private final Watcher watcher;
    private final Map<Signature, Map<OperationKind, Double>> kinds = new EnumMap<>(Signature.class);
    /** From the first operation's begin to the last one's end, all steps of a stage together. */
    private final Map<Signature, Double> spans = new EnumMap<>(Signature.class);

    GapRecording(PictureRequest request, Watcher watcher) {
        this.request = request;
        this.watcher = watcher;
    }

    List<Gap> gaps(PictureSummary summary, Limits limits) throws IOException {
        PictureRequest.Times times = record();
        List<Gap> gaps = new ArrayList<>();
        times.stages().forEach((stage, seconds) -> {
            double busy = kinds.get(stage).values().stream().mapToDouble(Double::doubleValue).sum();
            gaps.add(new Gap(stage.key(), seconds, summary.flops(stage, 1) / limits.matrixProduct(), kinds.get(stage),
                    spans.get(stage) - busy, seconds - spans.get(stage)));
        });
        return gaps;
    }

    private PictureRequest.Times record() throws IOException {
        ModelSession session = request.model().session();
        session.traceOperations(this::add);
        try {
            watcher.step("recording operations");
            request.run(1);
            synchronized (this) {
                kinds.clear();
                spans.clear();
            }
            return request.run(1);
        } finally {
            session.traceOperations(null);
        }
    }

    private synchronized void add(Signature stage, List<OperationRun> step) {
        long start = step.stream().mapToLong(OperationRun::start).min().orElse(0);
        long end = step.stream().mapToLong(OperationRun::end).max().orElse(0);
        spans.merge(stage, (end - start) * NANOS, Double::sum);
        Map<OperationKind, Double> sums = kinds.computeIfAbsent(stage, first -> new EnumMap<>(OperationKind.class));
        OperationTimes.of(step).forEach((kind, nanos) -> sums.merge(kind, nanos * NANOS, Double::sum));
    }
}
