package io.instructseg.quarkus.runtime;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import io.quarkus.runtime.annotations.ConfigGroup;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** TensorFlow. */
@ConfigGroup
public interface TensorFlowConfig {

    /**
     * Threads that run operations side by side. If not set, TensorFlow chooses.
     */
    OptionalInt interOpThreads();

    /**
     * Threads that share the work of an operation. If not set, one for each core.
     */
    OptionalInt intraOpThreads();

    /**
     * How much of a GPU's memory TensorFlow takes at most, above 0 and up to 1. If not set, nearly all.
     */
    OptionalDouble gpuMemoryFraction();

    /**
     * Whether TensorFlow takes a GPU's memory as it needs it, not all at once.
     */
    @WithDefault("false")
    @WithConverter(StrictBoolean.class)
    boolean gpuMemoryGrowth();

    /**
     * Which GPUs TensorFlow sees and in which order, as CUDA numbers them: `0,2`. If not set, all.
     */
    Optional<String> visibleGpus();

    /**
     * As how many devices the CPU counts, `cpu:0` up to the number below this one: to try a placement without GPUs.
     */
    @WithDefault("1")
    int logicalCpus();
}
