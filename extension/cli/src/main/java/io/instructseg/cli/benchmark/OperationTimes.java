package io.instructseg.cli.benchmark;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.instructseg.engine.session.OperationRun;

/** How long the operations of a step took, kind by kind, together as long as the step. */
final class OperationTimes {

    private record Event(long time, OperationKind kind, int change) {
    }

    private OperationTimes() {
    }

    /**
     * The time of a step by kind: where several operations run at once, they share it. What is missing to the step's time
     * passed without any.
     *
     * @return nanoseconds
     */
    static Map<OperationKind, Double> of(List<OperationRun> step) {
        List<Event> events = step.stream().flatMap(OperationTimes::events).sorted(Comparator.comparingLong(Event::time))
                .toList();
        Map<OperationKind, Integer> running = new EnumMap<>(OperationKind.class);
        Map<OperationKind, Double> times = new EnumMap<>(OperationKind.class);
        int all = 0;
        long last = 0;
        for (Event event : events) {
            double share = all == 0 ? 0 : (double) (event.time - last) / all;
            running.forEach((kind, count) -> times.merge(kind, count * share, Double::sum));
            running.merge(event.kind, event.change, Integer::sum);
            all += event.change;
            last = event.time;
        }
        return times;
    }

    private static Stream<Event> events(OperationRun run) {
        OperationKind kind = OperationKind.of(run.type());
        return Stream.of(new Event(run.start(), kind, 1), new Event(run.end(), kind, -1));
    }
}
