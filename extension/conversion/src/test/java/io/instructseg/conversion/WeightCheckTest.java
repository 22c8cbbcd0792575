package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.instructseg.checkpoint.DataType;
import io.instructseg.checkpoint.TensorInfo;
import io.instructseg.format.Precision;
import io.instructseg.model.graph.Layout;
import io.instructseg.model.graph.Weight;

class WeightCheckTest {

    private static final List<Weight> NEEDED = Stream.of("a", "b", "c", "d")
            .map(name -> new Weight(name, List.of(2L, 3L), Layout.LINEAR, Precision.FLOAT32)).toList();

    @Test
    void acceptsWhatFits() {
        assertThat(offenders(tensor("a", DataType.FLOAT32, 2, 3), tensor("b", DataType.FLOAT16, 2, 3),
                tensor("c", DataType.BFLOAT16, 2, 3), tensor("d", DataType.FLOAT64, 2, 3),
                tensor("unused.but.known", DataType.INT64, 9))).isEmpty();
    }

    @Test
    void namesAllOffendersAtOnce() {
        assertThat(offenders(tensor("a", DataType.FLOAT32, 3, 2), tensor("b", DataType.INT64, 2, 3),
                tensor("c", DataType.BOOL, 2, 3, 1), tensor("x", DataType.FLOAT32, 1),
                tensor("unused.but.known", DataType.FLOAT32, 1)))
                .containsExactly("misshapen: a has shape [3, 2], expected [2, 3]",
                        "mistyped: b is INT64, expected floating point", "misshapen: c has shape [2, 3, 1], expected [2, 3]",
                        "mistyped: c is BOOL, expected floating point", "missing: d, expected shape [2, 3]",
                        "unused: x [1] in model.safetensors; --ignore lets it pass");
    }

    /** More strangers than any model has weights are not all named, and none drives a terminal. */
    @Test
    void theMessageIsBoundedAndPlain() {
        List<String> offenders = IntStream.range(0, 20_000).mapToObj(i -> "unused: \u001B[2J\nx\u009B" + i).toList();
        assertThat(ConversionException.listing("20000 weights don't fit", offenders).getMessage())
                .startsWith("20000 weights don't fit:\n  unused: ?[2J?x?0\n").endsWith("\n  and 10000 more")
                .doesNotContain("\u001B").doesNotContain("\u009B").hasLineCount(10_002);
    }

    private static List<String> offenders(TensorInfo... tensors) {
        Map<String, TensorInfo> byName = Stream.of(tensors)
                .collect(Collectors.toMap(TensorInfo::name, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        return WeightCheck.offenders(NEEDED, byName, name -> name.startsWith("unused."));
    }

    private static TensorInfo tensor(String name, DataType type, long... shape) {
        return new TensorInfo(name, type, Arrays.stream(shape).boxed().toList(), Path.of("dir/model.safetensors"));
    }
}
