package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static io.instructseg.it.rest.Examples.MAPPER;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.junit.QuarkusTest;

/** The host's OpenAPI document describes the endpoint as it is. */
@QuarkusTest
class OpenApiTest {

    private JsonNode document;
    private JsonNode operation;

    @BeforeEach
    void read() throws IOException {
        document = MAPPER.readTree(given().queryParam("format", "json").get("/q/openapi").then().statusCode(200).extract()
                .asByteArray());
        operation = document.at("/paths").get(ENDPOINT).get("post");
    }

    @Test
    void hasAllBodiesWithSchemaAndExample() {
        JsonNode content = operation.at("/requestBody/content");
        assertThat(content.fieldNames()).toIterable().containsExactlyInAnyOrder("application/json", "multipart/form-data",
                "image/*", "application/octet-stream");
        assertThat(content).allSatisfy(body -> {
            assertThat(resolve(body.get("schema")).get("type").asText()).isIn("object", "string");
            assertThat(body.get("examples")).hasSize(1);
        });
        assertThat(operation.get("parameters")).extracting(parameter -> parameter.get("name").asText())
                .containsExactlyInAnyOrder("sentences", "task", "candidates", "threshold", "explanation");
    }

    @Test
    void hasAllAnswersWithSchemaAndExample() {
        JsonNode responses = operation.get("responses");
        assertThat(responses.fieldNames()).toIterable().containsExactlyInAnyOrder("200", "400", "406", "413", "415", "422",
                "500", "501", "503", "504");
        JsonNode found = responses.get("200");
        assertThat(found.get("content").fieldNames()).toIterable().containsExactlyInAnyOrder("application/json", "image/png",
                "image/png; view=overlay");
        assertThat(found.get("headers").fieldNames()).toIterable().containsExactlyInAnyOrder("InstructSeg-Found",
                "InstructSeg-Score");
        assertThat(responses.at("/503/headers").has("Retry-After")).isTrue();
        for (String status : names(responses)) {
            assertThat(responses.get(status).get("description").asText()).isNotBlank();
            if (!status.equals("200")) {
                JsonNode problem = responses.get(status).get("content").get("application/problem+json");
                assertThat(problem.at("/schema/$ref").asText()).endsWith("/InstructSegProblem");
                JsonNode example = problem.get("examples").iterator().next().get("value");
                assertThat(example.get("status").asText()).isEqualTo(status);
                assertFits(example, problem.get("schema"));
            }
        }
    }

    /** The document is the documented answers' and problems' only description: compare it with real ones. */
    @Test
    void realAnswersFitTheSchemas() throws IOException {
        JsonNode example = operation.at("/requestBody/content/application~1json/examples").iterator().next().get("value");
        assertFits(example, operation.at("/requestBody/content/application~1json/schema"));
        JsonNode schema = operation.at("/responses/200/content/application~1json/schema");
        assertFits(operation.at("/responses/200/content/application~1json/examples").iterator().next().get("value"), schema);
        JsonNode answer = MAPPER.readTree(given().contentType("application/json").body(example.toString()).post(ENDPOINT)
                .then().statusCode(200).extract().asByteArray());
        assertFits(answer, schema);
        assertThat(answer.get("segmentations")).hasSize(2);
        JsonNode all = MAPPER.readTree(given().contentType("image/png").queryParam("sentences", Examples.SCISSORS_SENTENCE)
                .queryParam("candidates", "all").body(Examples.bytes(Examples.SCISSORS)).post(ENDPOINT).then().statusCode(200)
                .extract().asByteArray());
        assertFits(all, schema);
    }

    @Test
    void hasTheAnswersEndpoint() throws IOException {
        JsonNode answers = document.at("/paths").get(Examples.ANSWERS).get("post");
        JsonNode bodies = answers.at("/requestBody/content");
        assertThat(bodies.fieldNames()).toIterable().containsExactlyInAnyOrder("application/json", "multipart/form-data");
        JsonNode json = bodies.get("application/json");
        JsonNode example = json.at("/examples").iterator().next().get("value");
        assertFits(example, json.get("schema"));
        assertThat(names(resolve(bodies.at("/multipart~1form-data/schema")).get("properties"))).isEqualTo(names(example))
                .isEqualTo(names(resolve(json.get("schema")).get("properties")));
        JsonNode found = answers.at("/responses/200/content");
        assertThat(found.fieldNames()).toIterable().containsExactlyInAnyOrder("application/json", "text/event-stream");
        JsonNode schema = found.at("/application~1json/schema");
        assertFits(found.at("/application~1json/examples").iterator().next().get("value"), schema);
        assertThat(found.at("/text~1event-stream/examples").iterator().next().get("value").asText())
                .startsWith("event: text\ndata: {");
        assertFits(MAPPER.readTree(given().contentType("application/json").body(example.toString()).post(Examples.ANSWERS)
                .then().statusCode(200).extract().asByteArray()), schema);
        assertThat(names(answers.get("responses"))).isEqualTo(names(operation.get("responses")));
    }

    @Test
    void hasTheVideosEndpoint() throws IOException {
        JsonNode video = document.at("/paths").get(VideoExamples.ENDPOINT).get("post");
        assertThat(video.at("/requestBody/content").fieldNames()).toIterable().containsExactlyInAnyOrder(
                "multipart/form-data", "video/*", "application/octet-stream");
        Set<String> fields = names(resolve(video.at("/requestBody/content/multipart~1form-data/schema")).get("properties"));
        assertThat(video.get("parameters")).extracting(parameter -> parameter.get("name").asText())
                .containsExactlyInAnyOrderElementsOf(fields.stream().filter(name -> !name.equals("video")).toList());
        JsonNode lines = video.at("/responses/200/content/application~1x-ndjson");
        JsonNode schemas = lines.at("/schema/anyOf");
        assertThat(schemas).hasSize(3);
        List<JsonNode> examples = new ArrayList<>();
        lines.get("examples").forEach(example -> examples.add(example.get("value")));
        assertThat(examples).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertFits(examples.get(i), schemas.get(i));
        }
        String[] real = given().contentType("video/webm").queryParam("sentences", "a").queryParam("frames", "1")
                .body(LosslessVideo.of(VideoExamples.all().get(0).folder())).post(VideoExamples.ENDPOINT).then()
                .statusCode(200).extract().asString().split("\n");
        assertFits(MAPPER.readTree(real[0]), schemas.get(0));
        assertFits(MAPPER.readTree(real[1]), schemas.get(1));
        assertThat(video.get("responses").fieldNames()).toIterable().containsExactlyInAnyOrder("200", "400", "406", "413",
                "415", "422", "500", "503", "504");
    }

    /** Required fields are there, and no others than those described. */
    private void assertFits(JsonNode value, JsonNode reference) {
        JsonNode schema = resolve(reference);
        JsonNode type = schema.get("type");
        if (value.isNull()) {
            assertThat(type).as("null is described").anyMatch(one -> one.asText().equals("null"));
        } else if (value.isArray()) {
            value.forEach(item -> assertFits(item, schema.get("items")));
        } else if (value.isObject() && schema.has("properties")) {
            assertThat(names(schema.get("properties"))).containsAll(names(value));
            schema.path("required").forEach(name -> assertThat(value.has(name.asText())).as(name.asText()).isTrue());
            names(value).forEach(name -> assertFits(value.get(name), schema.get("properties").get(name)));
        } else if (value.isObject()) {
            value.forEach(item -> assertFits(item, schema.get("additionalProperties")));
        } else {
            String expected = value.isTextual() ? "string" : value.isBoolean() ? "boolean" : "number";
            assertThat(type.asText().replace("integer", "number")).isEqualTo(expected);
        }
    }

    private JsonNode resolve(JsonNode schema) {
        return schema.has("$ref") ? document.at(schema.get("$ref").asText().substring(1)) : schema;
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
