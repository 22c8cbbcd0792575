package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.instructseg.format.Precision;

class MatrixProductTest {

    @ParameterizedTest
    @EnumSource
    void runsInEachPrecision(Precision precision) {
        try (MatrixProduct product = new MatrixProduct(precision)) {
            assertThat(product.rate()).isBetween(1e9, 1e16);
            assertThat(product.bytes()).isEqualTo(precision.bytes() * (1024L * 2560 + 2560L * 10240));
        }
    }
}
