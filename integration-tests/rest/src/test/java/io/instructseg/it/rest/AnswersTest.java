package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ANSWERS;
import static io.instructseg.it.rest.Examples.MAPPER;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.it.rest.Examples.Asked;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** The answers' endpoint gives the official code's words, whole or piece by piece, and a reason where it can't. */
@QuarkusTest
class AnswersTest {

    private static final String EVENTS = "text/event-stream";
    private static Asked example;

    @BeforeAll
    static void read() throws IOException {
        example = Examples.questions().get(0);
    }

    @Test
    void answersAllExamplesLikeTheOfficialCode() throws IOException {
        for (Asked asked : Examples.questions()) {
            JsonNode answer = json(body(asked.request()).post(ANSWERS));
            assertThat(answer.fieldNames()).toIterable().containsExactly("text", "finish", "prompt_tokens", "tokens",
                    "timings");
            assertThat(answer.get("text").asText()).isEqualTo(asked.answer());
            assertThat(answer.get("finish").asText()).isEqualTo("end_of_text");
            assertThat(answer.get("tokens").asInt()).isBetween(1, asked.answer().length());
            assertThat(answer.get("timings").fieldNames()).toIterable().startsWith("encode_vision").endsWith("prefill",
                    "decode");
        }
    }

    @Test
    void eventsCarryTheSame() throws IOException {
        List<JsonNode> events = events(body(example.request()).accept(EVENTS).post(ANSWERS), "summary");
        StringBuilder text = new StringBuilder();
        events.subList(0, events.size() - 1).forEach(event -> text.append(event.get("text").asText()));
        assertThat(events).hasSizeGreaterThan(2);
        assertThat(text).hasToString(example.answer());
        JsonNode summary = events.get(events.size() - 1);
        assertThat(summary.fieldNames()).toIterable().containsExactly("finish", "prompt_tokens", "tokens", "timings");
        assertThat(summary.get("finish").asText()).isEqualTo("end_of_text");
    }

    /** The data of events text and, at the end, of another one. */
    private static List<JsonNode> events(Response response, String last) throws IOException {
        String events = response.then().statusCode(200).contentType(EVENTS).header("Vary", "Accept").extract().asString();
        assertThat(events).endsWith("\n\n");
        List<JsonNode> data = new ArrayList<>();
        String[] all = events.split("\n\n");
        for (int i = 0; i < all.length; i++) {
            String head = "event: " + (i < all.length - 1 ? "text" : last) + "\ndata: ";
            assertThat(all[i]).startsWith(head);
            data.add(MAPPER.readTree(all[i].substring(head.length())));
        }
        return data;
    }

    @Test
    void formsAndTurnsMeanTheSameAsJson() throws IOException {
        ObjectNode request = example.request().put("max_tokens", 12).put("question", "What color is it?");
        request.putArray("turns").addObject().put("question", example.question()).put("answer", example.answer());
        JsonNode answer = json(body(request).post(ANSWERS));
        JsonNode same = json(given().multiPart("image", example.picture().toFile()).multiPart("question", "What color is it?")
                .multiPart("turns", request.get("turns").toString()).multiPart("max_tokens", "12").post(ANSWERS));
        assertThat(same.get("text")).isEqualTo(answer.get("text"));
        assertThat(same.get("prompt_tokens")).isEqualTo(answer.get("prompt_tokens"));
        assertThat(json(body(example.request()).post(ANSWERS)).get("prompt_tokens").asInt())
                .isLessThan(answer.get("prompt_tokens").asInt());
        assertThat(json(given().multiPart("question", "What is a hammer?").post(ANSWERS)).get("text").asText()).isNotBlank();
    }

    @Test
    void optionsHold() throws IOException {
        JsonNode one = json(body(example.request().put("max_tokens", 1)).post(ANSWERS));
        assertThat(one.get("finish").asText()).isEqualTo("max_tokens");
        assertThat(one.get("tokens").asInt()).isOne();
        ObjectNode request = example.request();
        request.putArray("stop").add("mm");
        JsonNode stopped = json(body(request).post(ANSWERS));
        assertThat(stopped.get("finish").asText()).isEqualTo("stop_string");
        assertThat(stopped.get("text").asText()).isEqualTo(example.answer().substring(0, example.answer().indexOf("mm")));
        ObjectNode drawn = example.request().put("temperature", 2.5).put("top_k", 40).put("top_p", 0.99).put("seed", -3)
                .put("max_tokens", 12);
        assertThat(json(body(drawn).post(ANSWERS)).get("text")).isEqualTo(json(body(drawn).post(ANSWERS)).get("text"));
    }

    @Test
    void problemsNameTheirField() {
        problem(body(MAPPER.createObjectNode()).post(ANSWERS), 400, "question", "found none");
        problem(body(example.request().put("max_tokens", 101)).post(ANSWERS), 400, "max_tokens", "from 1 to 100");
        problem(body(example.request().put("question", "word ".repeat(5_000))).post(ANSWERS), 400, "question", "token");
        problem(body(example.request().put("prompt", "a")).post(ANSWERS), 400, "prompt", "unknown field");
        problem(given().multiPart("question", "a").multiPart("top_p", "NaN").post(ANSWERS), 400, "top_p", "found NaN");
        problem(given().multiPart("question", "a").multiPart("sentences", "b").post(ANSWERS), 400, "sentences", "unknown");
        problem(given().multiPart("question", "a").multiPart("turns", "[{}]").post(ANSWERS), 400, "turns[0].question",
                "found none");
        problem(body(example.request()).queryParam("seed", "1").post(ANSWERS), 400, "seed", "found in the query");
        problem(body(example.request().put("image", "AAAA")).post(ANSWERS), 415, "image", "first bytes");
        problem(body(example.request().put("image", "AAAA")).accept(EVENTS).post(ANSWERS), 415, "image", "first bytes");
        problem(given().multiPart("question", "a").multiPart("image", "a.png", new byte[(1 << 20) + 1]).post(ANSWERS), 413,
                "image", "the limit of 1048576 bytes");
        problem(given().contentType("image/png").body(new byte[1]).post(ANSWERS), 415, null,
                "expected application/json or multipart/form-data");
        problem(body(example.request()).accept("image/png").post(ANSWERS), 406, null, "application/json or text/event-stream");
    }

    @Test
    void anExplanationIsGivenToThoseWhoAsk() throws IOException {
        RequestSpecification ask = given().multiPart("image", Examples.SCISSORS.toFile())
                .multiPart("sentences", "what could I cut paper with?").multiPart("task", "reasoning");
        JsonNode answer = json(ask.multiPart("explanation", "true").post(Examples.ENDPOINT)).at("/segmentations/0");
        assertThat(answer.has("explanation")).isTrue();
        assertThat(answer.get("found").asBoolean()).isTrue();
        problem(given().contentType("image/png").queryParam("sentences", "a").queryParam("explanation", "true")
                .body(Examples.png(8, 8)).post(Examples.ENDPOINT), 400, "explanation", "'reasoning' only");
        problem(given().contentType("image/png").accept("image/png").queryParam("sentences", "a")
                .queryParam("task", "reasoning").queryParam("explanation", "true").body(Examples.png(8, 8))
                .post(Examples.ENDPOINT), 400, "explanation", "Accept asks for a picture");
        problem(given().contentType("image/png").queryParam("sentences", "a").queryParam("explanation", "yes")
                .body(Examples.png(8, 8)).post(Examples.ENDPOINT), 400, "explanation", "'true' or 'false'");
    }

    private static RequestSpecification body(ObjectNode request) {
        return given().contentType("application/json").body(request.toString());
    }

    private static JsonNode json(Response response) throws IOException {
        return MAPPER.readTree(response.then().statusCode(200).contentType("application/json").extract().asByteArray());
    }

    private static void problem(Response response, int status, String field, String detail) {
        response.then().statusCode(status).contentType("application/problem+json").body("status", equalTo(status))
                .body("field", equalTo(field)).body("detail", containsString(detail));
    }
}
