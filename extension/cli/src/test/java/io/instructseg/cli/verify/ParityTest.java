package io.instructseg.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import io.instructseg.conversion.ConversionOptions;
import io.instructseg.conversion.Converter;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.format.Precision;

/** Each picture case of the official code against each golden model, converted here. */
class ParityTest {

    private static final Path GOLDEN = Path.of(System.getProperty("instructseg.test-data"), "golden");

    @TempDir
    static Path directory;

    @TestFactory
    Stream<DynamicTest> modelA() throws IOException {
        return cases("model-a");
    }

    @TestFactory
    Stream<DynamicTest> modelB() throws IOException {
        return cases("model-b");
    }

    @TestFactory
    Stream<DynamicTest> modelAInFloat16() throws IOException {
        return cases("model-a-fp16");
    }

    @TestFactory
    Stream<DynamicTest> modelAInBfloat16() throws IOException {
        return cases("model-a", Precision.BFLOAT16);
    }

    @TestFactory
    Stream<DynamicTest> modelBInFloat16() throws IOException {
        return cases("model-b", Precision.FLOAT16);
    }

    private static Stream<DynamicTest> cases(String name) throws IOException {
        return cases(name, Precision.FLOAT32);
    }

    private static Stream<DynamicTest> cases(String name, Precision precision) throws IOException {
        Path target = directory.resolve(name + precision);
        Converter.convert(GOLDEN.resolve(name), target, new ConversionOptions(precision, List.of()),
                (step, done, total) -> {
                });
        SegmentationModel model = SegmentationModel.load(target);
        List<Path> cases = new ArrayList<>();
        try (Stream<Path> entries = Files.list(GOLDEN.resolve(name).resolve("cases"))) {
            entries.filter(entry -> Files.exists(entry.resolve("case.json"))).sorted().forEach(cases::add);
        }
        assertThat(cases).isNotEmpty();
        return cases.stream().map(entry -> DynamicTest.dynamicTest(entry.getFileName().toString(), () -> {
            Verification verification = Verification.run(model, entry);
            assertThat(verification.comparisons()).isNotEmpty().allMatch(Comparison::passes);
        })).onClose(model::close);
    }
}
