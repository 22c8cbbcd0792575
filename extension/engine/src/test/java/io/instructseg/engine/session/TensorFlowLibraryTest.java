package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;
import io.instructseg.tensorflow.Processor;

/** In processes of their own: TensorFlow is told before it is loaded. */
class TensorFlowLibraryTest {

    /** Of oneDNN's operations' names. */
    private static final String ONEDNN = "_Mkl";

    @Test
    void oneDnnIsUsedWhereItIsFaster() throws Exception {
        assertThat(operations(Map.of(), TestModel.directory().toString()).contains(ONEDNN)).isEqualTo(hasAvx2());
    }

    @Test
    void alsoAfterAConversion() throws Exception {
        assertThat(operations(Map.of()).contains(ONEDNN)).isEqualTo(hasAvx2());
    }

    @Test
    void theEnvironmentGoesBefore() throws Exception {
        assertThat(operations(Map.of("TF_ENABLE_ONEDNN_OPTS", "0"), TestModel.directory().toString())).contains("MatMul")
                .doesNotContain(ONEDNN);
    }

    private static boolean hasAvx2() {
        return Processor.here().instructions().contains("avx2");
    }

    private static String operations(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dinstructseg.test-data=" + System.getProperty("instructseg.test-data"), "-cp",
                System.getProperty("java.class.path"), EncodeVision.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder java = new ProcessBuilder(command);
        java.environment().remove("TF_ENABLE_ONEDNN_OPTS");
        java.environment().putAll(environment);
        java.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = java.start();
        String operations = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return operations;
    }

    /** Prints the types of the operations that a stage ran, of a model that is there or is converted first. */
    static final class EncodeVision {

        private EncodeVision() {
        }

        public static void main(String[] arguments) throws IOException {
            Path model = arguments.length > 0 ? Path.of(arguments[0]) : TestModel.directory();
            try (ModelSession session = ModelSession.load(model)) {
                int size = session.size("CLIP");
                Set<String> types = new TreeSet<>();
                session.traceOperations((stage, step) -> step.forEach(operation -> types.add(operation.type())));
                session.run(Signature.ENCODE_VISION,
                        Map.of("pixels", HostTensor.bytes(new byte[size * size * 3], 1, size, size, 3)),
                        Signature.ENCODE_VISION.outputs().stream().map(TensorSpec::name).toList());
                System.out.println(List.copyOf(types));
            }
        }
    }
}
