package io.instructseg.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import jakarta.inject.Inject;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.StageException;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.VideoRequest;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.ModelServices;
import io.quarkus.arc.Arc;
import io.quarkus.arc.InstanceHandle;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;

/** A model in a jar on the class path, with other defaults. */
@QuarkusTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestProfile(ClassPathModelTest.Configuration.class)
class ClassPathModelTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    @Inject
    InstructSeg instructSeg;

    @Test
    @Order(1)
    void answersWithTheConfiguredTaskAndThreshold() {
        Example example = Example.of("reason");
        Segmentation answer = instructSeg.segment(Image.of(example.picture()), example.sentence()).await().atMost(LONG);
        assertThat(answer.score()).isCloseTo(example.score(), within(1e-4));
        assertThat(answer.found()).isFalse();
    }

    @Test
    @Order(2)
    void theModelIsFreedWithTheBean() throws ReflectiveOperationException {
        InstanceHandle<ModelServices> bean = Arc.container().instance(ModelServices.class);
        List<?> replicas = (List<?>) read(bean.get().get(ModelNames.DEFAULT), "replicas");
        SegmentationModel model = (SegmentationModel) read(replicas.get(0), "model");
        AssertSubscriber<FrameSegmentation> video = idleVideo();
        AssertSubscriber<String> answer = AssertSubscriber.create(1);
        instructSeg.ask(Question.of("What is a cup?").options(GenerationOptions.DEFAULT.withTemperature(100).withMaxTokens(99)))
                .subscribe().withSubscriber(answer);
        answer.awaitItems(1, LONG);
        bean.destroy();
        answer.request(Long.MAX_VALUE).awaitFailure(end -> assertThat(end).isInstanceOf(ModelUnavailableException.class));
        video.request(1).awaitFailure(end -> assertThat(end).isInstanceOf(ModelUnavailableException.class));
        DecodedImage image = new DecodedImage(new RgbImage(1, 1, new byte[3]), false);
        assertThatThrownBy(() -> model.segment(image, List.of(Instruction.referring("a cup")), SegmentationOptions.DEFAULT,
                CancellationToken.NONE)).isInstanceOf(StageException.class).hasMessageContaining("close() has been called");
    }

    /** Whose next frame nobody has asked for. */
    private AssertSubscriber<FrameSegmentation> idleVideo() {
        RgbImage black = new RgbImage(3, 2, new byte[18]);
        AssertSubscriber<FrameSegmentation> subscriber = AssertSubscriber.create(1);
        instructSeg.segment(VideoRequest.live(Multi.createFrom().items(black, black)).referring("a cup")).subscribe()
                .withSubscriber(subscriber);
        return subscriber.awaitItems(1, Duration.ofMinutes(2));
    }

    /** Of an object that has been used, so no proxy. */
    private static Object read(Object owner, String name) throws ReflectiveOperationException {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }

    public static class Configuration implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.instructseg.model", "classpath:io/instructseg/demo/model", "quarkus.instructseg.task",
                    "reasoning", "quarkus.instructseg.threshold", "1",
                    "quarkus.instructseg.shutdown-timeout", "0.5S");
        }
    }
}
