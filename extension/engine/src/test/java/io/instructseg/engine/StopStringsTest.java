package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

class StopStringsTest {

    @Test
    void holdsBackOnlyWhatMayBecomeAStopString() {
        StopStrings stop = new StopStrings(List.of("\n\nUSER", "nn"));
        assertThat(stop.accept("Yes, it is.\n")).isEqualTo("Yes, it is.");
        assertThat(stop.accept("\n")).isEmpty();
        assertThat(stop.accept("\n")).as("the last two may begin it").isEqualTo("\n");
        assertThat(stop.accept("US")).isEmpty();
        assertThat(stop.accept("A\n")).isEqualTo("\n\nUSA");
        assertThat(stop.found()).isFalse();
        assertThat(stop.end()).isEqualTo("\n");
        assertThat(stop.accept("\nUSER: and")).isEmpty();
        assertThat(stop.found()).isTrue();
        assertThat(stop.accept("more")).isEmpty();
        assertThat(stop.end()).isEmpty();
    }

    @Test
    void theFirstToBeCompleteWins() {
        assertThat(text(List.of("abcd", "bc"), List.of("xab", "cd"))).isEqualTo("xa");
        assertThat(text(List.of("c", "abc", "bc"), List.of("xabcd"))).as("the longest of those that end together")
                .isEqualTo("x");
        assertThat(text(List.of(), List.of("abc", "d"))).isEqualTo("abcd");
    }

    /** Against a search in the whole text, however it is cut into pieces. */
    @Test
    void piecesChangeNothing() {
        Random random = new Random(11);
        for (int i = 0; i < 20000; i++) {
            List<String> strings = IntStream.range(0, random.nextInt(4)).mapToObj(n -> word(random, 1 + random.nextInt(4)))
                    .toList();
            List<String> pieces = IntStream.range(0, random.nextInt(6)).mapToObj(n -> word(random, random.nextInt(4)))
                    .toList();
            assertThat(text(strings, pieces)).as("%s in %s", strings, pieces)
                    .isEqualTo(cut(String.join("", pieces), strings));
        }
    }

    private static String word(Random random, int length) {
        return random.ints(length, 'a', 'd').collect(StringBuilder::new, StringBuilder::appendCodePoint,
                StringBuilder::append).toString();
    }

    private static String text(List<String> strings, List<String> pieces) {
        StopStrings stop = new StopStrings(strings);
        StringBuilder text = new StringBuilder();
        int given = 0;
        int longest = strings.stream().mapToInt(String::length).max().orElse(1);
        for (String piece : pieces) {
            text.append(stop.accept(piece));
            given += piece.length();
            assertThat(stop.found() || text.length() > given - longest).as("held back too much").isTrue();
        }
        return text.append(stop.end()).toString();
    }

    private static String cut(String text, List<String> strings) {
        int end = Integer.MAX_VALUE;
        int start = text.length();
        for (String string : strings) {
            int at = text.indexOf(string);
            if (at >= 0 && (at + string.length() < end || at + string.length() == end && at < start)) {
                end = at + string.length();
                start = at;
            }
        }
        return text.substring(0, start);
    }
}
