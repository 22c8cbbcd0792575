package io.instructseg.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.ConversationException;
import io.instructseg.engine.FinishReason;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.ImageException;
import io.instructseg.format.Signature;
import io.instructseg.quarkus.Answer;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.SegmentationRequest;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;

/** The bean answers in words like the official code, a token when it is asked for. */
@QuarkusTest
class AnswersTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final QuestionExample EXAMPLE = QuestionExample.all().get(0);

    @Inject
    InstructSeg instructSeg;

    @Test
    void everyExampleHasTheOfficialAnswer() {
        for (QuestionExample example : QuestionExample.all()) {
            Answer answer = answer(Question.of(example.question()).about(Image.of(example.picture())));
            assertThat(answer.text()).isEqualTo(example.answer());
            assertThat(answer.finish()).isEqualTo(FinishReason.END_OF_TEXT);
            assertThat(answer.tokens()).isBetween(1, example.answer().length());
            assertThat(answer.promptTokens()).isGreaterThan(example.question().length() / 10);
            assertThat(answer.timings()).containsKeys("encode_vision", "prefill", "decode");
        }
    }

    @Test
    void piecesAreTheAnswerAndComeWhenTheyAreAskedFor() {
        AtomicReference<String> decoding = new AtomicReference<>();
        AtomicReference<String> taking = new AtomicReference<>();
        AssertSubscriber<String> pieces = AssertSubscriber.create();
        Multi<String> asking = instructSeg.ask(Question.of(EXAMPLE.question()).about(limits -> {
            decoding.set(Thread.currentThread().getName());
            return Image.of(EXAMPLE.picture()).decode(limits);
        })).invoke(piece -> taking.set(Thread.currentThread().getName()));
        assertThat(decoding).hasNullValue();
        asking.subscribe().withSubscriber(pieces).awaitNextItem(LONG);
        assertThat(taking.get()).startsWith("executor-thread");
        assertThat(decoding).hasValue("instructseg-device");
        assertThat(pieces.getItems()).hasSize(1);
        // between two of them others have their turn
        Example picture = Example.of("res");
        assertThat(instructSeg.segment(Image.of(picture.picture()), picture.sentence()).await().atMost(LONG).score())
                .isCloseTo(picture.score(), within(1e-4));
        pieces.assertNotTerminated().request(Long.MAX_VALUE).awaitCompletion(LONG);
        assertThat(String.join("", pieces.getItems())).isEqualTo(EXAMPLE.answer());
        assertThat(pieces.getItems()).hasSizeGreaterThan(1).doesNotContain("");
    }

    @Test
    void aConversationGoesOnAndNeedsNoPicture() {
        Question first = Question.of(EXAMPLE.question()).about(Image.of(EXAMPLE.picture()));
        Question second = first.then(EXAMPLE.answer(), "What color is it?");
        Answer answer = answer(second);
        assertThat(answer.text()).isNotBlank();
        assertThat(answer.promptTokens()).isGreaterThan(answer(first).promptTokens());
        assertThat(answer(second).text()).isEqualTo(answer.text());
        Answer blind = answer(Question.of("What is a hammer?"));
        assertThat(blind.text()).isNotBlank();
        assertThat(blind.timings()).containsOnlyKeys("prefill", "decode");
    }

    @Test
    void optionsHold() {
        Question question = Question.of(EXAMPLE.question()).about(Image.of(EXAMPLE.picture()));
        GenerationOptions options = GenerationOptions.DEFAULT;
        Answer one = answer(question.options(options.withMaxTokens(1)));
        assertThat(one.finish()).isEqualTo(FinishReason.MAX_TOKENS);
        assertThat(one.tokens()).isOne();
        assertThat(EXAMPLE.answer()).startsWith(one.text());
        Answer stopped = answer(question.options(options.withStop(List.of("mm"))));
        assertThat(stopped.finish()).isEqualTo(FinishReason.STOP_STRING);
        assertThat(stopped.text()).isEqualTo(EXAMPLE.answer().substring(0, EXAMPLE.answer().indexOf("mm")));
        Question drawn = question.options(options.withTemperature(3).withTopK(40).withSeed(7).withMaxTokens(12));
        assertThat(answer(drawn).text()).isEqualTo(answer(drawn).text());
    }

    @Test
    void asManyAnswersAsConfiguredAtOnceAndOthersWait() {
        List<AssertSubscriber<String>> open = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            open.add(begin());
        }
        open.forEach(one -> one.awaitItems(1, LONG));
        AssertSubscriber<String> fifth = begin();
        Example picture = Example.of("res");
        assertThat(instructSeg.segment(Image.of(picture.picture()), picture.sentence()).await().atMost(LONG).found()).isTrue();
        fifth.assertHasNotReceivedAnyItem();
        open.get(2).cancel();
        fifth.awaitItems(1, LONG);
        Stream.concat(open.stream(), Stream.of(fifth)).forEach(AssertSubscriber::cancel);
        assertThat(answer(Question.of(EXAMPLE.question()).about(Image.of(EXAMPLE.picture()))).text())
                .isEqualTo(EXAMPLE.answer());
    }

    /** A long one. */
    private AssertSubscriber<String> begin() {
        AssertSubscriber<String> subscriber = AssertSubscriber.create(1);
        GenerationOptions noise = GenerationOptions.DEFAULT.withTemperature(100).withSeed(3).withMaxTokens(1000);
        instructSeg.ask(Question.of("What is a hammer?").options(noise)).subscribe().withSubscriber(subscriber);
        return subscriber;
    }

    @Test
    void whatCannotBeAnsweredFails() {
        assertThatThrownBy(() -> answer(Question.of(" "))).hasRootCauseInstanceOf(ConversationException.class)
                .hasMessageContaining("question: ");
        assertThatThrownBy(() -> answer(Question.of("word ".repeat(5000))))
                .hasRootCauseInstanceOf(ConversationException.class);
        assertThatThrownBy(() -> answer(Question.of("What?").about(Image.of("no picture".getBytes()))))
                .hasRootCauseInstanceOf(ImageException.class);
        assertThatThrownBy(() -> answer(Question.of("What?").options(GenerationOptions.DEFAULT.withMaxTokens(1025))))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("options.maxTokens: found 1025, expected at most 1024"
                        + " (quarkus.instructseg.answers.max-tokens)");
    }

    @Test
    void aMaskIsExplainedIfTheModelHasWordsForIt() {
        Example cat = Example.of("reason");
        SegmentationRequest request = SegmentationRequest.of(Image.of(cat.picture()));
        Segmentation answer = instructSeg.segment(request.reasoning(cat.sentence()).explained()).await().atMost(LONG).get(0);
        assertThat(answer.timings()).containsKeys(Signature.PREFILL, Signature.REASON);
        assertThat(answer.mask().iou(cat.mask())).isGreaterThan(0.9);
        assertThatThrownBy(() -> instructSeg.segment(request.referring("the cat").explained()).await().atMost(LONG))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("explanation: found");
        assertThatThrownBy(() -> instructSeg.segment(request.reasoning("why?").reasoning("how?").explained()).await()
                .atMost(LONG)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("instructions: found 2, expected one with an explanation");
    }

    private Answer answer(Question question) {
        return instructSeg.answer(question).await().atMost(LONG);
    }
}
