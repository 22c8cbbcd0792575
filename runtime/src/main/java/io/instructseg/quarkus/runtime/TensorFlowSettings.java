package io.instructseg.quarkus.runtime;

import static io.instructseg.quarkus.runtime.InstructSegLog.LOG;

import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.instructseg.engine.session.TensorFlowOptions;
import io.quarkus.runtime.configuration.ConfigurationException;

/** What holds for the process, from the configuration. */
final class TensorFlowSettings {

    private static final String PREFIX = "quarkus.instructseg.tensorflow.";

    private TensorFlowSettings() {
    }

    /**
     * Warns of what came too late: after a hot reload, TensorFlow still has what it was started with.
     *
     * @throws ConfigurationException if a value makes no sense, by its property's name
     */
    static TensorFlowOptions of(TensorFlowConfig config) {
        TensorFlowOptions options = checked(config);
        List<String> ignored = options.ignored().stream().map(TensorFlowSettings::property).toList();
        if (!ignored.isEmpty()) {
            LOG.tooLate(String.join(", ", ignored));
        }
        return options;
    }

    private static TensorFlowOptions checked(TensorFlowConfig config) {
        try {
            return new TensorFlowOptions(config.interOpThreads(), config.intraOpThreads(), config.gpuMemoryFraction(),
                    config.gpuMemoryGrowth(), config.visibleGpus(), config.logicalCpus());
        } catch (IllegalArgumentException e) {
            // it begins with the option's name
            String[] parts = e.getMessage().split(" ", 2);
            String property = property(parts[0]);
            throw new ConfigurationException(property + " " + parts[1], e, Set.of(property));
        }
    }

    /** Of an option: the same name with hyphens. */
    private static String property(String option) {
        return PREFIX + option.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
