package io.instructseg.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.junit.jupiter.api.Test;

class AnsweringMemoryTest {

    private static final int BYTES = 256 << 20;

    private final AnsweringMemory memory = new AnsweringMemory();

    @Test
    void isTheMostOfAllThatWasWatched() throws IOException {
        long before = ResidentMemory.now().orElseThrow();
        memory.watch(AnsweringMemoryTest::take);
        long most = memory.most();
        assertThat(most).isGreaterThan(before + BYTES / 2);
        memory.watch(() -> "nothing");
        assertThat(memory.most()).isGreaterThanOrEqualTo(most);
    }

    @Test
    void whatIsThereToMeasureDoesNotCount() throws IOException {
        memory.watch(() -> "nothing");
        long before = memory.most();
        ByteBuffer own = take();
        memory.hold(BYTES);
        memory.watch(() -> "nothing");
        assertThat(own.capacity()).isEqualTo(BYTES);
        assertThat(memory.most()).isLessThan(before + BYTES / 2);
    }

    /** Native memory is written when it is given. */
    private static ByteBuffer take() {
        return ByteBuffer.allocateDirect(BYTES);
    }
}
