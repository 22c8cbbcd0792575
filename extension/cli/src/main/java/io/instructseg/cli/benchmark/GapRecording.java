package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import io.instructseg.cli.benchmark.PictureReport.Gap;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.engine.session.OperationRun;
import io.instructseg.format.Signature;

/** Records the operations of an answer: what the time beyond the floor is made of. */
final class GapRecording {

    /** Answers that a recording takes: the first one prepares it. */
    static final int REQUESTS = 2;

    /** Answers, and tells each stage's seconds. */
    @FunctionalInterface
    interface Work {
        Map<Signature, Double> run() throws IOException;
    }

    private static final double NANOS = 1e-9;

    private final ModelSession session;
    private final Map<Signature, Map<OperationKind, Double>> kinds = new EnumMap<>(Signature.class);
    /** From the first operation's begin to the last one's end, all steps of a stage together. */
    private final Map<Signature, Double> spans = new EnumMap<>(Signature.class);

    GapRecording(ModelSession session) {
        this.session = session;
    }

    /** @param floor of a stage, in seconds */
    List<Gap> gaps(Work work, ToDoubleFunction<Signature> floor) throws IOException {
        List<Gap> gaps = new ArrayList<>();
        record(work).forEach((stage, seconds) -> {
            double busy = kinds.get(stage).values().stream().mapToDouble(Double::doubleValue).sum();
            gaps.add(new Gap(stage.key(), seconds, floor.applyAsDouble(stage), kinds.get(stage), spans.get(stage) - busy,
                    seconds - spans.get(stage)));
        });
        return gaps;
    }

    private Map<Signature, Double> record(Work work) throws IOException {
        session.traceOperations(this::add);
        try {
            work.run();
            synchronized (this) {
                kinds.clear();
                spans.clear();
            }
            return work.run();
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
