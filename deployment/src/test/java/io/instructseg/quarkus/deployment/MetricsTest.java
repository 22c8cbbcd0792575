package io.instructseg.quarkus.deployment;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.VideoRequest;
import io.quarkus.test.QuarkusUnitTest;
import io.smallrye.mutiny.Multi;

/** What Prometheus gets. */
class MetricsTest {

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication();

    @Inject
    InstructSeg instructSeg;

    @Test
    void requestsStagesQueuesAndModelsAreMeasured() {
        instructSeg.segment(limits -> new DecodedImage(new RgbImage(3, 2, new byte[18]), false), "the dog").await()
                .atMost(Duration.ofMinutes(2));
        assertThatThrownBy(() -> instructSeg.segment(Image.of(new byte[1]), "the dog").await().atMost(Duration.ofMinutes(2)))
                .isNotNull();
        RgbImage black = new RgbImage(3, 2, new byte[18]);
        instructSeg.segment(VideoRequest.live(Multi.createFrom().items(black, black)).referring("the dog")).collect().asList()
                .await().atMost(Duration.ofMinutes(2));
        instructSeg.answer(Question.of("a dog?").options(GenerationOptions.DEFAULT.withMaxTokens(2))).await()
                .atMost(Duration.ofMinutes(2));
        String metrics = get("/q/metrics").asString();
        assertThat(metrics).contains("instructseg_requests_seconds_count{model=\"<default>\",outcome=\"answered\"} 1")
                .contains("instructseg_requests_seconds_count{model=\"<default>\",outcome=\"invalid\"} 1")
                .contains("instructseg_frames_seconds_count{model=\"<default>\",outcome=\"answered\"} 2")
                .contains("instructseg_answers_seconds_count{model=\"<default>\",outcome=\"answered\"} 1")
                .contains("instructseg_answers_first_seconds_count{model=\"<default>\"} 1")
                .containsPattern("instructseg_answers_prompt_tokens_total\\{model=\"<default>\"} [1-9]")
                .containsPattern("instructseg_answers_tokens_total\\{model=\"<default>\"} [12]")
                .contains("instructseg_queue_wait_seconds_count{model=\"<default>\"} 5")
                .contains("instructseg_stage_seconds_count{model=\"<default>\",stage=\"reason\"} 3")
                .contains("instructseg_stage_seconds_bucket{model=\"<default>\",stage=\"reason\",le=")
                .contains("instructseg_queue_waiting{model=\"<default>\"} 0")
                .contains("instructseg_queue_capacity{model=\"<default>\"} 64")
                .contains("instructseg_model_info{location=");
    }
}
