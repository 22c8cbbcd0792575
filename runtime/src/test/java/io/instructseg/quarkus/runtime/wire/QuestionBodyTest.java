package io.instructseg.quarkus.runtime.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.instructseg.engine.Conversation;
import io.instructseg.engine.Conversation.Turn;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.quarkus.Question;

/** Questions in JSON and in forms' fields: what they mean, and what is refused by its field. */
class QuestionBodyTest {

    private static final int MOST_TOKENS = 300;

    @Test
    void everythingCanBeSaid() throws IOException {
        Question question = read("""
                {"image": "AAAA", "question": "And <image>?", "turns": [{"answer": "b", "question": "a"}],
                 "max_tokens": 300, "temperature": 0.5, "top_k": 7, "top_p": 1, "seed": -9223372036854775808,
                 "stop": ["\\n", "."]}""");
        assertThat(question.image()).isPresent();
        assertThat(question.conversation()).isEqualTo(new Conversation(List.of(new Turn("a", "b")), "And <image>?"));
        assertThat(question.options())
                .contains(new GenerationOptions(300, 0.5f, 7, 1, Long.MIN_VALUE, List.of("\n", ".")));
    }

    @Test
    void aQuestionIsEnough() throws IOException {
        assertThat(read("{\"question\": \"a\"}"))
                .isEqualTo(Question.of("a").options(GenerationOptions.DEFAULT));
        AnswerFields few = new AnswerFields(20);
        few.text("question", "a");
        assertThat(few.toQuestion().options()).contains(GenerationOptions.DEFAULT.withMaxTokens(20));
    }

    @Test
    void formsSayTheSame() {
        AnswerFields fields = new AnswerFields(MOST_TOKENS);
        fields.text("stop", "x");
        fields.text("stop", "y");
        fields.text("turns", "[{\"question\": \"a\", \"answer\": \"b\"}, {\"question\": \"c\", \"answer\": \"d\"}]");
        fields.text("question", "e");
        fields.text("max_tokens", "5");
        fields.text("temperature", "1e-3");
        Question question = fields.toQuestion();
        assertThat(question.image()).isEmpty();
        assertThat(question.conversation()).isEqualTo(Conversation.of("a").then("b", "c").then("d", "e"));
        assertThat(question.options()).contains(
                GenerationOptions.DEFAULT.withStop(List.of("x", "y")).withMaxTokens(5).withTemperature(0.001f));
    }

    @Test
    void allTextsTogetherAreCountedOnce() throws IOException {
        String turns = "\"turns\": [{\"question\": \"" + "a".repeat(12_000) + "\", \"answer\": \"" + "b".repeat(13_536)
                + "\"}]";
        String question = "word ".repeat(8_000);
        assertThat(read("{\"question\": \"" + question + "\", " + turns + "}").conversation().question()).isEqualTo(question);
        assertRefused(() -> read("{\"question\": \"" + question + "s\", " + turns + "}"), "turns[0].answer",
                "more than 65536 characters in all texts together");
    }

    @Test
    void asManyTurnsAsTheEngineTakes() throws IOException {
        String turns = String.join(",", Collections.nCopies(128, "{\"question\": \"a\", \"answer\": \"b\"}"));
        assertThat(read("{\"question\": \"c\", \"turns\": [" + turns + "]}").conversation().turns()).hasSize(128);
    }

    static Stream<Arguments> wrongBodies() {
        return Stream.of(
                Arguments.of("", null, "found nothing, expected an object"),
                Arguments.of("{}", "question", "found none"),
                Arguments.of("{\"question\": \" \\n\"}", "question", "blank"),
                Arguments.of("{\"question\": null}", "question", "found null, expected a string"),
                Arguments.of("{\"question\": \"" + "word ".repeat(14_000) + "\"}", "question", "65536"),
                Arguments.of("{\"question\": \"a\", \"question\": \"a\"}", null, "Duplicate field"),
                Arguments.of("{\"question\": \"\u00ff\"}", "question", "not valid JSON: Invalid UTF-8"),
                Arguments.of("{\"prompt\": \"a\"}", "prompt", "unknown field, expected image, question, turns"),
                Arguments.of("{\"turns\": {}}", "turns", "found an object, expected an array"),
                Arguments.of("{\"turns\": [\"a\"]}", "turns[0]", "found a string, expected an object"),
                Arguments.of("{\"turns\": [{\"question\": \"a\"}]}", "turns[0].answer", "found none"),
                Arguments.of("{\"turns\": [{\"question\": \"a\", \"answer\": \"\"}]}", "turns[0].answer", "blank answer"),
                Arguments.of("{\"turns\": [{\"question\": [], \"answer\": \"\"}]}", "turns[0].question", "found an array"),
                Arguments.of("{\"turns\": [{\"role\": \"user\"}]}", "turns[0].role", "unknown field"),
                Arguments.of("{\"turns\": [" + "{\"question\": \"a\", \"answer\": \"b\"},".repeat(129) + "]}", "turns",
                        "more than 128 turns"),
                Arguments.of("{\"turns\": [[[[", "turns[0]", "found an array"),
                Arguments.of("{\"max_tokens\": 301}", "max_tokens", "found '301', expected a whole number from 1 to 300"),
                Arguments.of("{\"max_tokens\": -1}", "max_tokens", "found '-1'"),
                Arguments.of("{\"max_tokens\": 0}", "max_tokens", "found '0'"),
                Arguments.of("{\"max_tokens\": 1.5}", "max_tokens", "found '1.5'"),
                Arguments.of("{\"max_tokens\": 99999999999}", "max_tokens", "found '99999999999'"),
                Arguments.of("{\"max_tokens\": \"5\"}", "max_tokens", "found a string, expected a number"),
                Arguments.of("{\"temperature\": -0.1}", "temperature", "found -0.1, expected 0 to 100"),
                Arguments.of("{\"temperature\": 1e999}", "temperature", "found Infinity"),
                Arguments.of("{\"temperature\": NaN}", null, "not valid JSON"),
                Arguments.of("{\"top_k\": -1}", "top_k", "at least 0"),
                Arguments.of("{\"top_p\": 0}", "top_p", "found 0.0, expected above 0"),
                Arguments.of("{\"top_p\": 1.1}", "top_p", "found 1.1"),
                Arguments.of("{\"seed\": 9223372036854775808}", "seed", "a whole number of 64 bits"),
                Arguments.of("{\"stop\": \"a\"}", "stop", "found a string, expected an array"),
                Arguments.of("{\"stop\": [\"a\", \"\"]}", "stop[1]", "found 0 characters"),
                Arguments.of("{\"stop\": [" + "\"a\",".repeat(16) + "\"b\"]}", "stop[16]", "found 17 texts"),
                Arguments.of("{\"question\": \"a\"} {}", null, "behind the JSON object's end"));
    }

    @ParameterizedTest
    @MethodSource
    void wrongBodies(String body, String field, String detail) {
        assertRefused(() -> read(body), field, detail);
    }

    @Test
    void wrongFieldsOfForms() {
        assertField("turns", "", "found nothing, expected an array");
        assertField("turns", "[] []", "behind the array's end");
        assertField("turns", "no", "not valid JSON");
        assertField("temperature", "NaN", "found NaN");
        assertField("temperature", "hot", "found 'hot', expected a number");
        assertField("seed", "", "found ''");
        assertField("image", "a", "unknown field");
        AnswerFields fields = new AnswerFields(MOST_TOKENS);
        for (String[] once : new String[][] { { "top_p", "1" }, { "question", "a" }, { "turns", "[]" } }) {
            fields.text(once[0], once[1]);
            assertRefused(() -> fields.text(once[0], once[1]), once[0], "found more than one value");
        }
    }

    /** Whatever comes in: a question, or a reason why it is none. */
    @Test
    void mutatedBodies() throws IOException {
        Random random = new Random(20_241_214);
        byte[] valid = "{\"question\":\"é?\",\"turns\":[{\"question\":\"a\",\"answer\":\"b\"}],\"top_p\":0.5,\"stop\":[\"x\"]}"
                .getBytes(UTF_8);
        int questions = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] body = valid.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = random.nextInt(body.length);
                body[at] = random.nextBoolean() ? (byte) random.nextInt(256) : valid[random.nextInt(valid.length)];
            }
            try {
                AnswerFields fields = new AnswerFields(MOST_TOKENS);
                QuestionBody.read(new ByteArrayInputStream(body), fields, new RequestMemory(100));
                questions += fields.toQuestion().conversation().question().isBlank() ? 0 : 1;
            } catch (RequestException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThat(questions).isBetween(100, 19_000);
    }

    private static void assertField(String name, String value, String detail) {
        assertRefused(() -> new AnswerFields(MOST_TOKENS).text(name, value), name, detail);
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable reading, String field,
            String detail) {
        assertThatThrownBy(reading).isInstanceOfSatisfying(RequestException.class, refused -> {
            assertThat(refused.field()).isEqualTo(field);
            assertThat(refused).hasMessageContaining(detail);
        });
    }

    private static Question read(String body) throws IOException {
        byte[] bytes = body.getBytes(body.contains("\u00ff") ? ISO_8859_1 : UTF_8);
        AnswerFields fields = new AnswerFields(MOST_TOKENS);
        try (RequestMemory memory = new RequestMemory(100)) {
            QuestionBody.read(new ByteArrayInputStream(bytes), fields, memory);
        }
        return fields.toQuestion();
    }
}
