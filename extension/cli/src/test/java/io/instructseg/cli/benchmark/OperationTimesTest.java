package io.instructseg.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.instructseg.engine.session.OperationRun;

class OperationTimesTest {

    /** A product from 0 to 100; beside it a transposition from 40 to 60; nothing up to 150; a cast up to 170. */
    @Test
    void operationsAtOnceShareTheTime() {
        Map<OperationKind, Double> times = OperationTimes.of(List.of(run("_FusedMatMul", 0, 100), run("Transpose", 40, 60),
                run("Cast", 150, 170)));
        assertThat(times).containsEntry(OperationKind.PRODUCTS, 90.0).containsEntry(OperationKind.MOVES, 10.0)
                .containsEntry(OperationKind.CASTS, 20.0);
        assertThat(times.values().stream().mapToDouble(Double::doubleValue).sum()).isEqualTo(120);
    }

    @Test
    void twoOfAKindCountOnce() {
        assertThat(OperationTimes.of(List.of(run("Mul", 10, 30), run("Add", 20, 40))))
                .containsExactly(Map.entry(OperationKind.ELEMENTWISE, 30.0));
        assertThat(OperationTimes.of(List.of())).isEmpty();
    }

    private static OperationRun run(String type, long start, long end) {
        return new OperationRun(type, "any", start, end);
    }

    @ParameterizedTest
    @CsvSource({ "MatMul, PRODUCTS", "_MklNativeFusedMatMul, PRODUCTS", "BatchMatMulV3, PRODUCTS",
            "_MklNativeFusedConv2D, PRODUCTS", "_MklSoftmax, SUMS", "Mean, SUMS", "Max, SUMS", "Maximum, ELEMENTWISE",
            "Minimum, ELEMENTWISE", "Cast, CASTS", "_MklTranspose, MOVES", "ResourceGather, MOVES", "GatherV2, MOVES",
            "ConcatV2, MOVES", "Pack, MOVES", "InplaceUpdate, MOVES", "Unpack, MOVES", "ResizeBilinear, RESIZING",
            "AddV2, ELEMENTWISE",
            "Erf, ELEMENTWISE", "BiasAdd, ELEMENTWISE" })
    void typesAreOfAKind(String type, OperationKind kind) {
        assertThat(OperationKind.of(type)).isEqualTo(kind);
    }
}
