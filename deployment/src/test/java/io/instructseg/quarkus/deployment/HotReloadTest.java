package io.instructseg.quarkus.deployment;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.instructseg.demo.DemoModel;
import io.quarkus.test.QuarkusDevModeTest;

/** Dev mode has a model without configuration, and keeps it while a host's code changes. */
class HotReloadTest {

    private static final String LOADING = "INSTRUCTSEG0001";
    private static final String STILL_LOADED = "INSTRUCTSEG0005";
    private static final String TOO_LATE = "INSTRUCTSEG0008";

    @RegisterExtension
    static final QuarkusDevModeTest HOST = new QuarkusDevModeTest()
            .withApplicationRoot(jar -> jar.addClass(HostResource.class).addAsResource("application.properties"))
            .setLogRecordPredicate(line -> "io.instructseg.quarkus".equals(line.getLoggerName()));

    @TempDir
    static Path directory;

    @Test
    void theModelStaysUntilItsConfigurationChanges() throws IOException {
        assertThat(get("/host").asString()).isEqualTo("before 3x2");
        assertThat(log()).filteredOn(line -> line.contains(LOADING)).hasSize(1);

        assertThat(log())
                .anyMatch(line -> line.matches("INSTRUCTSEG0001: Loading model .*instructseg-demo-model; the first time on "
                        + "a machine TensorFlow's libraries are unpacked, too"))
                .anyMatch(line -> line.matches("INSTRUCTSEG0002: Model loaded after \\d+[.,]\\d s on cpu:0, warming it up"))
                .anyMatch(line -> line.matches("INSTRUCTSEG0003: Model ready after \\d+[.,]\\d s"));

        HOST.modifySourceFile(HostResource.class, source -> source.replace("before", "after"));
        assertThat(get("/host").asString()).isEqualTo("after 3x2");
        assertThat(log()).filteredOn(line -> line.contains(LOADING)).hasSize(1);
        assertThat(log()).filteredOn(line -> line.contains(STILL_LOADED)).singleElement().asString()
                .matches("INSTRUCTSEG0005: Model .*instructseg-demo-model is unchanged and still loaded");

        DemoModel.extractTo(directory);
        HOST.modifyResourceFile("application.properties", before -> before + "\nquarkus.instructseg.model=" + directory);
        assertThat(get("/host").asString()).isEqualTo("after 3x2");
        assertThat(log()).filteredOn(line -> line.contains(LOADING)).hasSize(2).last().asString()
                .contains(directory.toString());

        assertThat(log()).noneMatch(line -> line.contains(TOO_LATE));
        HOST.modifyResourceFile("application.properties", before -> before
                + "\nquarkus.instructseg.tensorflow.intra-op-threads=1\nquarkus.instructseg.tensorflow.gpu-memory-growth=true");
        assertThat(get("/host").asString()).isEqualTo("after 3x2");
        assertThat(log()).containsOnlyOnce(TOO_LATE + ": TensorFlow keeps what it was started with until the process ends: "
                + "restart it for quarkus.instructseg.tensorflow.gpu-memory-growth, "
                + "quarkus.instructseg.tensorflow.intra-op-threads");
    }

    private static List<String> log() {
        return HOST.getLogRecords().stream().map(line -> String.format(line.getMessage(), line.getParameters())).toList();
    }
}
