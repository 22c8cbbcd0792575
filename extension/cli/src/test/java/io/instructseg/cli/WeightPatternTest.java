package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightPatternTest {

    @ParameterizedTest
    @CsvSource({ "a.b, a.b, true", "a.b, axb, false", "a.b, a.b.c, false", "a.*, a.b.c, true", "*, anything, true",
            "*.bias, x.bias, true", "*.bias, x.bias.y, false", "a*c*e, abcde, true", "a[0], a[0], true", "a[0], a0, false",
            "a\\Eb*, a\\Ebc, true", "**x, yx, true" })
    void matchesWholeNames(String pattern, String name, boolean matches) {
        assertThat(new WeightPattern().convert(pattern).matcher(name).matches()).isEqualTo(matches);
    }
}
