package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;

class ProcessOptionsTest {

    private static final TensorFlowOptions OTHERS = new TensorFlowOptions(OptionalInt.of(1), OptionalInt.of(2),
            OptionalDouble.of(0.5), true, Optional.of("1"), 1);

    private final ProcessOptions process = new ProcessOptions();

    @Test
    void beforeTheStartNothingIsIgnored() {
        assertThat(process.ignored(OTHERS)).isEmpty();
    }

    @Test
    void whatItWasStartedWithStays() {
        process.started(OTHERS);
        process.started(TensorFlowOptions.DEFAULT);
        assertThat(process.ignored(OTHERS)).isEmpty();
        assertThat(process.ignored(TensorFlowOptions.DEFAULT)).containsExactly("gpuMemoryFraction", "gpuMemoryGrowth",
                "interOpThreads", "intraOpThreads", "visibleGpus");
    }

    @Test
    void logicalCpusAreASessionsOwn() {
        process.started(TensorFlowOptions.DEFAULT);
        assertThat(process.ignored(TensorFlowOptions.logicalCpus(3))).isEmpty();
    }

    @Test
    void thisProcessHasStartedOnceItsDevicesAreKnown() {
        Devices.available(TensorFlowOptions.DEFAULT);
        // whatever test of this JVM came first, it did not ask for so many
        assertThat(new TensorFlowOptions(OptionalInt.of(77), OptionalInt.empty(), OptionalDouble.empty(), false,
                Optional.empty(), 1).ignored()).contains("interOpThreads");
    }
}
