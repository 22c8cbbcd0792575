package io.instructseg.engine.session;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/**
 * What TensorFlow decides once for the process: the options of the first model that is loaded hold for all others, whatever
 * these are given. What is empty is TensorFlow's own choice.
 *
 * @param interOpThreads that run operations side by side
 * @param intraOpThreads that share an operation's work
 * @param gpuMemoryFraction of a GPU's memory that TensorFlow takes at most, above 0 and up to 1
 * @param gpuMemoryGrowth whether it takes that memory as it needs it, not all at once
 * @param visibleGpus which GPUs it sees and in which order, as CUDA numbers them: {@code 0,2}
 * @param logicalCpus devices that the CPU counts as, {@code cpu:0} up to the number below this one: to try a placement without
 *        GPUs. It alone holds for a model, not for the process
 */
public record TensorFlowOptions(OptionalInt interOpThreads, OptionalInt intraOpThreads, OptionalDouble gpuMemoryFraction,
        boolean gpuMemoryGrowth, Optional<String> visibleGpus, int logicalCpus) {

    /** TensorFlow's own choices. */
    public static final TensorFlowOptions DEFAULT = new TensorFlowOptions(OptionalInt.empty(), OptionalInt.empty(),
            OptionalDouble.empty(), false, Optional.empty(), 1);

    private static final int MOST_THREADS = 4096;
    private static final int MOST_LOGICAL_CPUS = 64;

    /** @throws IllegalArgumentException naming the first value that is out of range */
    public TensorFlowOptions {
        requireThreads("interOpThreads", interOpThreads);
        requireThreads("intraOpThreads", intraOpThreads);
        gpuMemoryFraction.ifPresent(fraction -> require(fraction > 0 && fraction <= 1, "gpuMemoryFraction", fraction,
                "a number above 0 and up to 1"));
        visibleGpus.ifPresent(gpus -> require(gpus.matches("\\d{1,3}(,\\d{1,3})*") && differ(gpus.split(",")), "visibleGpus",
                gpus, "different numbers of GPUs such as 0,2"));
        require(logicalCpus >= 1 && logicalCpus <= MOST_LOGICAL_CPUS, "logicalCpus", logicalCpus, "1 to " + MOST_LOGICAL_CPUS);
    }

    /** The default, but so many logical CPUs. */
    public static TensorFlowOptions logicalCpus(int cpus) {
        return new TensorFlowOptions(OptionalInt.empty(), OptionalInt.empty(), OptionalDouble.empty(), false, Optional.empty(),
                cpus);
    }

    /**
     * Those that this process does not take, because TensorFlow was started with others: the names of the record's components,
     * sorted; none while it has not started.
     */
    public Set<String> ignored() {
        return ProcessOptions.TENSORFLOW.ignored(this);
    }

    private static boolean differ(String[] values) {
        return Arrays.stream(values).distinct().count() == values.length;
    }

    private static void requireThreads(String name, OptionalInt threads) {
        threads.ifPresent(number -> require(number >= 1 && number <= MOST_THREADS, name, number, "1 to " + MOST_THREADS));
    }

    private static void require(boolean fits, String name, Object found, String expected) {
        if (!fits) {
            throw new IllegalArgumentException(name + " is " + found + ", expected " + expected);
        }
    }

    /** Operations that a device has no kernel for go to the CPU. */
    ConfigProto config() {
        GPUOptions.Builder gpu = GPUOptions.newBuilder().setAllowGrowth(gpuMemoryGrowth);
        gpuMemoryFraction.ifPresent(gpu::setPerProcessGpuMemoryFraction);
        visibleGpus.ifPresent(gpu::setVisibleDeviceList);
        ConfigProto.Builder config = ConfigProto.newBuilder().setAllowSoftPlacement(true).setGpuOptions(gpu)
                .putDeviceCount("CPU", logicalCpus)
                // all nodes are there before the first run, so that TensorFlow need not keep their definitions
                .setExperimental(ConfigProto.Experimental.newBuilder().setOptimizeForStaticGraph(true));
        interOpThreads.ifPresent(config::setInterOpParallelismThreads);
        intraOpThreads.ifPresent(config::setIntraOpParallelismThreads);
        return config.build();
    }
}
