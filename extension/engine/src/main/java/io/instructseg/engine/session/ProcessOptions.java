package io.instructseg.engine.session;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What TensorFlow took for the whole process: the options that it was started with. */
final class ProcessOptions {

    /** Of this process. */
    static final ProcessOptions TENSORFLOW = new ProcessOptions();

    /** All but the logical CPUs, which are a session's own. */
    private static final Map<String, Function<TensorFlowOptions, Object>> OPTIONS = Map.of(
            "interOpThreads", TensorFlowOptions::interOpThreads, "intraOpThreads", TensorFlowOptions::intraOpThreads,
            "gpuMemoryFraction", TensorFlowOptions::gpuMemoryFraction, "gpuMemoryGrowth", TensorFlowOptions::gpuMemoryGrowth,
            "visibleGpus", TensorFlowOptions::visibleGpus);

    /** Null while it has not started. */
    private TensorFlowOptions first;

    synchronized void started(TensorFlowOptions options) {
        first = first == null ? options : first;
    }

    /** The names of those options that differ from the ones in force. */
    synchronized Set<String> ignored(TensorFlowOptions options) {
        Set<String> ignored = new TreeSet<>();
        if (first != null) {
            OPTIONS.forEach((name, option) -> {
                if (!Objects.equals(option.apply(first), option.apply(options))) {
                    ignored.add(name);
                }
            });
        }
        return ignored;
    }
}
