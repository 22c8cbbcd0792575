package io.instructseg.quarkus.deployment;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.logging.LogRecord;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.Devices;
import io.instructseg.engine.text.Task;
import io.instructseg.quarkus.DeadlineExceededException;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelName;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.VideoRequest;
import io.quarkus.arc.InactiveBeanException;
import io.quarkus.test.QuarkusUnitTest;
import io.restassured.path.json.JsonPath;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** Models beside the default one, each with its configuration. */
class NamedModelsTest {

    private static final String UNUSED = " is set, but nothing injects that model by @ModelName: it is not loaded. Is the name"
            + " right?";
    /** Quarkus' own warning of a property that no extension has. */
    private static final String UNKNOWN = "Unrecognized configuration key ";
    private static final Image PICTURE = limits -> new DecodedImage(new RgbImage(3, 2, new byte[18]), false);

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication()
            .overrideRuntimeConfigKey("quarkus.instructseg.\"street\".task", "reasoning")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"street\".threshold", "1")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"hurried\".deadline", "0.000001S")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"idle\".active", "false")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"mistyped\".model", "/nowhere")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"misspelt\".threshold", "0.5")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"street\".qeue.size", "1")
            .overrideRuntimeConfigKey("quarkus.instructseg.modle", "/nowhere")
            .overrideRuntimeConfigKey("quarkus.instructseg.tensorflow.threads", "1")
            .overrideRuntimeConfigKey("quarkus.instructseg.messaging.store.directory", "/pictures")
            .setLogRecordPredicate(
                    line -> List.of("io.instructseg.quarkus", "io.quarkus.config").contains(line.getLoggerName()))
            .assertLogRecords(lines -> assertThat(lines.stream().map(NamedModelsTest::text))
                    .containsOnlyOnce("INSTRUCTSEG0006: quarkus.instructseg.\"mistyped\".model" + UNUSED)
                    .containsOnlyOnce("INSTRUCTSEG0006: quarkus.instructseg.\"misspelt\".*" + UNUSED)
                    .containsOnlyOnce(
                            "INSTRUCTSEG0009: quarkus.instructseg.messaging.store.directory is set, but the application"
                                    + " answers no messages: build it with quarkus.instructseg.messaging.enabled=true, or remove it")
                    .anyMatch(line -> line.startsWith(UNKNOWN + "\"quarkus.instructseg.\"street\".qeue.size\""))
                    .anyMatch(line -> line.startsWith(UNKNOWN + "\"quarkus.instructseg.modle\""))
                    .anyMatch(line -> line.startsWith(UNKNOWN + "\"quarkus.instructseg.tensorflow.threads\""))
                    .containsOnlyOnce("INSTRUCTSEG0007: There is no GPU, device=auto is the CPU: " + Devices.whyNoGpu()));

    @Inject
    InstructSeg byDefault;

    @Inject
    @ModelName("street")
    InstructSeg street;

    @Inject
    @ModelName("hurried")
    InstructSeg hurried;

    @Inject
    @Any
    Instance<InstructSeg> any;

    @ModelName("idle")
    static class NamesOneMore {
    }

    @Test
    void eachHasItsOwnConfiguration() {
        Segmentation plain = await(byDefault.segment(PICTURE, "the dog"));
        assertThat(plain.instruction().task()).isEqualTo(Task.REFERRING);
        Segmentation named = await(street.segment(PICTURE, "the dog"));
        assertThat(named.instruction().task()).isEqualTo(Task.REASONING);
        assertThat(named.found()).isFalse();
        assertThatThrownBy(() -> await(hurried.segment(PICTURE, "the dog")))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("quarkus.instructseg.\"hurried\".deadline");
        Multi<RgbImage> camera = Multi.createFrom().item(new RgbImage(3, 2, new byte[18]));
        assertThatThrownBy(() -> await(hurried.segment(VideoRequest.live(camera).referring("the dog")).collect().asList()))
                .isInstanceOf(DeadlineExceededException.class);
        assertThatThrownBy(() -> await(hurried.answer(Question.of("a dog?")))).isInstanceOf(DeadlineExceededException.class);
    }

    @Test
    void anInactiveModelIsNotLoaded() {
        InstructSeg idle = any.select(ModelName.Literal.of("idle")).get();
        assertThatThrownBy(() -> idle.segment(PICTURE, "the dog")).isInstanceOf(InactiveBeanException.class)
                .hasMessageContaining("quarkus.instructseg.\"idle\".active");
        JsonPath health = Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> get("/q/health/ready").jsonPath(),
                ready -> ready.getString("status").equals("UP"));
        assertThat(health.getMap("checks[0].data")).containsOnlyKeys("model", "state", "street.model", "street.state",
                "hurried.model", "hurried.state");
    }

    private static String text(LogRecord line) {
        return String.format(line.getMessage(), line.getParameters());
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofMinutes(2));
    }
}
