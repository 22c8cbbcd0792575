package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariableWriterTest {

    /** In MB. 515 MB are the official model's largest weight; a container of 2 GB leaves Java a heap of 512 MB. */
    @ParameterizedTest
    @CsvSource({ "8192, 16, 515, 128, 4", "8192, 2, 515, 128, 2", "2048, 16, 515, 128, 4", "2000, 16, 515, 128, 3",
            "512, 16, 515, 64, 2", "512, 1, 515, 64, 1", "64, 16, 515, 8, 2", "64, 16, 4, 4, 4" })
    void blocksFitIntoAQuarterOfTheHeap(long heap, int processors, long largest, int block, int threads) {
        int bytes = VariableWriter.blockBytes(heap << 20, largest << 20);
        assertThat(bytes).isEqualTo(block << 20);
        assertThat(VariableWriter.threads(heap << 20, processors, bytes)).isEqualTo(threads);
    }
}
