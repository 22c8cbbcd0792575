package io.instructseg.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

import org.junit.jupiter.api.Test;

class FirstAnswersTest {

    /** Five rounds, and two answers of each kind whose operations are recorded. */
    @Test
    void whatIsLeftHasAnswersInWords() {
        FirstAnswers answers = new FirstAnswers(took(60), took(200), 0, 100);
        assertThat(answers.rest(5)).isBetween(5 * 360.0 + 2 * 160, 5 * 370.0 + 2 * 160);
        assertThat(answers.words(4, 5)).isEqualTo("the first answer took 60 s, that to 4 sentences 200 s, that in words 100 s; "
                + "the rest takes at most about 36 min");
    }

    @Test
    void aModelMayHaveNone() {
        FirstAnswers answers = new FirstAnswers(took(60), took(200), 0, 0);
        assertThat(answers.rest(5)).isBetween(5 * 260.0 + 2 * 60, 5 * 270.0 + 2 * 60);
        assertThat(answers.words(4, 5)).isEqualTo(
                "the first answer took 60 s, that to 4 sentences 200 s; the rest takes at most about 24 min");
    }

    private static PictureRequest.Times took(double seconds) {
        return new PictureRequest.Times(seconds, Map.of(), Map.of());
    }
}
