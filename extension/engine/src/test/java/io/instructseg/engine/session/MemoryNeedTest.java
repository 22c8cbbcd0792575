package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.tensorflow.proto.GraphDef;

class MemoryNeedTest {

    /** Of the official size: 655,360 bytes a token, 729 of them the picture's. */
    @Test
    void countsTheKeysAndValuesOfAnAnswer() {
        Map<String, Long> sizes = Map.of("N", 32L, "A", 32L, "E", 80L, "P", 729L);
        assertThat(MemoryNeed.of(GraphDef.getDefaultInstance(), sizes)).isEqualTo(new MemoryNeed(0, 655_360L * (729 + 320)));
    }

    @Test
    void aModelWithoutWordsKeepsNone() throws IOException {
        Map<String, Long> sizes = ModelDescription.read(TestModel.directory()).sizes();
        Map<String, Long> wordless = new HashMap<>(sizes);
        wordless.keySet().removeAll(List.of("N", "A", "E"));
        long ofToken = 2 * 4 * sizes.get("N") * sizes.get("A") * sizes.get("E");
        assertThat(work(sizes) - work(wordless)).isEqualTo(ofToken * (sizes.get("P") + 320)).isPositive();
        assertThat(work(wordless)).isPositive();
    }

    private static long work(Map<String, Long> sizes) {
        return MemoryNeed.of(GraphDef.getDefaultInstance(), sizes).work();
    }
}
