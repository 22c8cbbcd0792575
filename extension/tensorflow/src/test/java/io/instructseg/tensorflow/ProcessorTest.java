package io.instructseg.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as Linux writes them. */
class ProcessorTest {

    @TempDir
    Path directory;

    @Test
    void x86() throws IOException {
        Processor old = processor("vendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\nflags\t\t: fpu sse2 avx2 fma\n\n"
                + "vendor_id\t: AuthenticAMD\nmodel name\t: other\nflags\t\t: fpu sse2\n");
        assertThat(old.name()).isEqualTo("AMD EPYC");
        assertThat(old.instructions()).containsExactlyInAnyOrder("fpu", "sse2", "avx2", "fma");
        assertThat(old.lacksBfloat16()).isTrue();
        assertThat(processor("flags\t\t: fpu sse2 avx512f\n").lacksBfloat16()).isTrue();
        assertThat(processor("flags\t\t: fpu sse2 avx512f avx512_bf16\n").lacksBfloat16()).isFalse();
    }

    /** What TensorFlow has there is another matter. */
    @Test
    void others() throws IOException {
        assertThat(processor("BogoMIPS\t: 50.00\nFeatures\t: fp asimd bf16\n")).satisfies(arm -> {
            assertThat(arm.name()).isEmpty();
            assertThat(arm.instructions()).containsExactlyInAnyOrder("fp", "asimd", "bf16");
            assertThat(arm.lacksBfloat16()).isFalse();
        });
        assertThat(processor("Features\t: fp asimd\n").lacksBfloat16()).isFalse();
        assertThat(Processor.of(directory.resolve("none"))).satisfies(unknown -> {
            assertThat(unknown.instructions()).isEmpty();
            assertThat(unknown.lacksBfloat16()).isFalse();
        });
    }

    private Processor processor(String cpuinfo) throws IOException {
        return Processor.of(Files.writeString(directory.resolve("cpuinfo"), cpuinfo));
    }
}
