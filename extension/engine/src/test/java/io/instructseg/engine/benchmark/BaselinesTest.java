package io.instructseg.engine.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.benchmark.PlainContours.Corner;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.Polygon;
import io.instructseg.engine.mask.Ring;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.instructseg.engine.text.Tokenizer;

/** What the benchmarks compare does the same work. */
class BaselinesTest {

    private static final Mask MASK = Pictures.mask(0);

    @Test
    void theSameTokens() throws IOException {
        String text = TokenizerBenchmark.TEXT + "aaaaaaaa \u00e9\ud83d\ude00\n";
        assertThat(new PlainBytePairs(TokenizerBenchmark.vocabulary()).encode(text))
                .containsExactly(Tokenizer.load(TokenizerBenchmark.vocabulary()).encode(text));
    }

    @Test
    void theSameMask() {
        assertThat(PlainRunLengths.decode(RunLengthEncoding.encode(MASK))).isEqualTo(MASK);
        assertThat(PlainRunLengths.count(MASK).stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(MASK.width() * MASK.height());
    }

    @Test
    void theSameRings() {
        assertThat(PlainContours.of(MASK)).hasSizeGreaterThan(5).map(BaselinesTest::fromTheTop)
                .containsExactlyInAnyOrderElementsOf(rings(MASK));
        Mask touching = Mask.of(3, 2, new boolean[] { true, false, true, false, true, false });
        assertThat(PlainContours.of(touching)).map(BaselinesTest::fromTheTop)
                .containsExactlyInAnyOrderElementsOf(rings(touching));
    }

    /** A ring has no first corner; as {@link Ring} has it. */
    private static List<Corner> fromTheTop(List<Corner> ring) {
        int first = IntStream.range(0, ring.size()).reduce((a, b) -> isBefore(ring.get(b), ring.get(a)) ? b : a).orElseThrow();
        return Stream.concat(ring.subList(first, ring.size()).stream(), ring.subList(0, first).stream()).toList();
    }

    private static boolean isBefore(Corner one, Corner other) {
        return one.y() < other.y() || one.y() == other.y() && one.x() < other.x();
    }

    private static List<List<Corner>> rings(Mask mask) {
        return mask.polygons().stream().flatMap(BaselinesTest::rings)
                .map(ring -> IntStream.range(0, ring.size()).mapToObj(i -> new Corner(ring.x(i), ring.y(i))).toList()).toList();
    }

    private static Stream<Ring> rings(Polygon polygon) {
        return Stream.concat(Stream.of(polygon.exterior()), polygon.holes().stream());
    }
}
