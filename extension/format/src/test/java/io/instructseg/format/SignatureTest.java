package io.instructseg.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract is consistent in itself. */
class SignatureTest {

    private static final Set<String> DYNAMIC = Set.of("b", "i", "f", "n", "r", "k", "height", "width", "p", "t", "u",
            "w");
    private static final Map<String, Integer> SIZES = Examples.official().axes();

    @ParameterizedTest
    @EnumSource
    void eachAxisIsASizeThatTheModelHasOneThatARunChoosesOrANumber(Signature signature) {
        assertThat(tensors(signature).stream().flatMap(tensor -> tensor.axes().stream()))
                .isNotEmpty().allMatch(axis -> SIZES.containsKey(axis) || DYNAMIC.contains(axis) || axis.matches("[1-9]\\d*"));
    }

    @ParameterizedTest
    @EnumSource
    void namesAreUnique(Signature signature) {
        for (List<TensorSpec> tensors : List.of(signature.inputs(), signature.outputs())) {
            List<String> names = tensors.stream().map(TensorSpec::name).toList();
            assertThat(new HashSet<>(names)).hasSameSizeAs(names);
        }
        assertThat(signature.key()).isEqualTo(signature.name().toLowerCase(Locale.ROOT));
    }

    /** What one stage gives, another takes as it is. */
    @ParameterizedTest
    @EnumSource
    void aTensorOfTwoStagesHasOneTypeAndOneShape(Signature signature) {
        Map<String, List<TensorSpec>> given = Arrays.stream(Signature.values())
                .filter(other -> other != signature).flatMap(other -> other.outputs().stream())
                .collect(Collectors.groupingBy(TensorSpec::name));
        for (TensorSpec input : signature.inputs()) {
            for (TensorSpec output : given.getOrDefault(input.name(), List.of())) {
                assertThat(input.type()).isEqualTo(output.type());
                assertThat(input.axes()).hasSameSizeAs(output.axes());
                assertThat(input.axes().subList(1, input.axes().size()))
                        .isEqualTo(output.axes().subList(1, output.axes().size()));
            }
        }
    }

    /** Pictures and ids come from outside, and so do the choices of the last stage; all else is some stage's output. */
    @ParameterizedTest
    @EnumSource
    void everyInputIsGiven(Signature signature) {
        Set<String> given = Arrays.stream(Signature.values()).flatMap(other -> other.outputs().stream())
                .map(TensorSpec::name).collect(Collectors.toSet());
        assertThat(signature.inputs()).filteredOn(
                input -> input.type() == ElementType.FLOAT32 || input.type() == ElementType.PRECISION)
                .allMatch(input -> given.contains(input.name()));
    }

    @Test
    void wordsAreOptional() {
        assertThat(Signature.required()).hasSize(8).doesNotContain(Signature.PREFILL, Signature.DECODE);
    }

    private static List<TensorSpec> tensors(Signature signature) {
        List<TensorSpec> all = new ArrayList<>(signature.inputs());
        all.addAll(signature.outputs());
        return all;
    }
}
