package io.instructseg.quarkus.deployment;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelUnavailableException;
import io.quarkus.test.QuarkusUnitTest;
import io.restassured.path.json.JsonPath;

/** A model that can't be loaded: the application stays up, is never ready, and says why. */
class DamagedModelTest {

    private static final Path MODEL = damagedModel();

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication()
            .overrideRuntimeConfigKey("quarkus.instructseg.model", MODEL.toString())
            .setLogRecordPredicate(line -> "io.instructseg.quarkus".equals(line.getLoggerName())
                    && line.getLevel().getName().equals("ERROR"))
            .assertLogRecords(lines -> assertThat(lines).singleElement().satisfies(line -> {
                assertThat(String.format(line.getMessage(), line.getParameters()))
                        .isEqualTo("INSTRUCTSEG0004: Model " + MODEL + " can't be used");
                assertThat(line.getThrown()).hasMessageContaining("tokenizer");
            }));

    @Inject
    InstructSeg instructSeg;

    @Test
    void isNotReadyAndRefusesRequestsWithTheReason() {
        assertThatThrownBy(() -> instructSeg.segment(Image.of(new byte[0]), "the dog").await().atMost(Duration.ofMinutes(2)))
                .isInstanceOf(ModelUnavailableException.class).hasMessageContaining(MODEL.toString())
                .hasMessageContaining("tokenizer");
        JsonPath health = get("/q/health/ready").jsonPath();
        assertThat(health.getString("status")).isEqualTo("DOWN");
        assertThat(health.getString("checks[0].data.state")).isEqualTo("failed");
        assertThat(health.getString("checks[0].data.reason")).contains("tokenizer");
    }

    /** It has no tokenizer. The test's class is loaded twice: by JUnit and with the application. */
    private static Path damagedModel() {
        try {
            Path directory = Files.createDirectories(Path.of("target/damaged-model"));
            Files.write(directory.resolve("saved_model.pb"), new byte[0]);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
