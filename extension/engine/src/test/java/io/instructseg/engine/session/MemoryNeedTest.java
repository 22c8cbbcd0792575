package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

class MemoryNeedTest {

    /** Of the official size: 655,360 bytes a token, 729 of them the picture's. */
    @Test
    void countsTheKeysAndValuesOfAnAnswer() {
        Map<String, Long> sizes = Map.of("N", 32L, "A", 32L, "E", 80L, "P", 729L);
        assertThat(MemoryNeed.of(MetaGraphDef.getDefaultInstance(), sizes))
                .isEqualTo(new MemoryNeed(0, 655_360L * (729 + 320)));
    }

    @Test
    void countsThemInTheTypeThatTheyHave() {
        Map<String, Long> sizes = Map.of("N", 32L, "A", 32L, "E", 80L, "P", 729L);
        MetaGraphDef model = MetaGraphDef.newBuilder().putSignatureDef("decode", SignatureDef.newBuilder()
                .putInputs("prefix_keys", TensorInfo.newBuilder().setDtype(DataType.DT_BFLOAT16).build()).build()).build();
        assertThat(MemoryNeed.of(model, sizes)).isEqualTo(new MemoryNeed(0, 327_680L * (729 + 320)));
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
        return MemoryNeed.of(MetaGraphDef.getDefaultInstance(), sizes).work();
    }
}
