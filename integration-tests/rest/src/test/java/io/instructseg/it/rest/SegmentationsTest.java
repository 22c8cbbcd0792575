package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static io.instructseg.it.rest.Examples.MAPPER;
import static io.instructseg.it.rest.Examples.SCISSORS;
import static io.instructseg.it.rest.Examples.SCISSORS_SENTENCE;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import io.instructseg.engine.mask.Box;
import io.instructseg.engine.mask.Mask;
import io.instructseg.it.rest.Examples.Example;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.builder.MultiPartSpecBuilder;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;

/** The endpoint gives the official code's answers, whatever the body's and the answer's form. */
@QuarkusTest
class SegmentationsTest {

    @Test
    void answersAllExamplesLikeTheOfficialCode() throws IOException {
        Map<String, List<Example>> requests = new LinkedHashMap<>();
        for (Example example : Examples.pictures()) {
            requests.computeIfAbsent(example.picture() + example.task(), key -> new ArrayList<>()).add(example);
        }
        for (List<Example> examples : requests.values()) {
            JsonNode request = Examples
                    .request(Examples.bytes(examples.get(0).picture()),
                            examples.stream().map(Example::sentence).toArray(String[]::new))
                    .put("task", examples.get(0).task());
            JsonNode answer = json(given().contentType("application/json").body(request.toString()).post(ENDPOINT));
            assertThat(answer.get("segmentations")).hasSameSizeAs(examples);
            for (int i = 0; i < examples.size(); i++) {
                assertMatches(answer.get("segmentations").get(i), examples.get(i));
            }
        }
    }

    private static void assertMatches(JsonNode answer, Example example) {
        assertThat(answer.get("sentence").asText()).isEqualTo(example.sentence());
        assertThat(answer.get("task").asText()).isEqualTo(example.task());
        assertThat(answer.get("found").asBoolean()).isTrue();
        assertThat(answer.get("score").asDouble()).isCloseTo(example.score(), within(1e-3));
        assertThat(answer.has("candidates")).isFalse();
        Mask mask = Examples.mask(answer.get("mask").get("rle"));
        assertThat(mask.iou(example.mask())).isGreaterThanOrEqualTo(0.999);
        assertDescribes(answer.get("mask"), mask);
    }

    /** Area, box and polygons say what the run lengths say. */
    private static void assertDescribes(JsonNode answer, Mask mask) {
        assertThat(answer.get("area").asLong()).isEqualTo(mask.area());
        JsonNode box = answer.get("box");
        assertThat(new Box(box.get("x").asInt(), box.get("y").asInt(), box.get("width").asInt(), box.get("height").asInt()))
                .isEqualTo(mask.boundingBox().orElseThrow());
        double area = 0;
        for (JsonNode polygon : answer.get("polygons")) {
            for (JsonNode ring : polygon) {
                assertThat(ring.get(0)).as("a ring is closed").isEqualTo(ring.get(ring.size() - 1));
                area += area(ring);
            }
        }
        assertThat(area).isEqualTo(mask.area());
    }

    private static double area(JsonNode ring) {
        double twice = 0;
        for (int i = 0; i + 1 < ring.size(); i++) {
            JsonNode from = ring.get(i);
            JsonNode to = ring.get(i + 1);
            twice += from.get(0).asDouble() * to.get(1).asDouble() - to.get(0).asDouble() * from.get(1).asDouble();
        }
        return twice / 2;
    }

    @Test
    void takesForms() throws IOException {
        JsonNode answer = json(given().multiPart("image", SCISSORS.toFile()).multiPart("sentences", SCISSORS_SENTENCE)
                .multiPart(new MultiPartSpecBuilder("die Schere übrigens").controlName("sentences").charset(UTF_8).build())
                .multiPart("candidates", "best").multiPart("threshold", "0.2")
                .multiPart("task", "referring").post(ENDPOINT));
        assertThat(answer.get("image")).isEqualTo(MAPPER.readTree("""
                {"width": 640, "height": 360, "truncated": false}"""));
        assertMatches(answer.get("segmentations").get(0), Examples.scissors());
        assertThat(answer.get("segmentations").get(1).get("sentence").asText()).isEqualTo("die Schere übrigens");
    }

    @ParameterizedTest
    @ValueSource(strings = { "image/png", "image/x-anything", "application/octet-stream" })
    void takesPictures(String type) throws IOException {
        JsonNode answer = json(given().contentType(type).queryParam("sentences", SCISSORS_SENTENCE, "the dog")
                .queryParam("task", "referring").body(Examples.bytes(SCISSORS)).post(ENDPOINT));
        assertThat(answer.get("segmentations")).hasSize(2);
        assertMatches(answer.get("segmentations").get(0), Examples.scissors());
        assertThat(answer.get("timings").fieldNames()).toIterable().containsExactly("encode_vision", "encode_backbone",
                "decode_pixels", "perceive", "reason", "fuse", "decode_masks", "resolve_masks");
        assertThat(answer.get("timings")).allMatch(milliseconds -> milliseconds.asDouble() >= 0);
    }

    @Test
    void givesAllCandidatesByFallingScore() throws IOException {
        Example example = Examples.scissors();
        JsonNode answer = json(given().contentType("image/png").queryParam("sentences", SCISSORS_SENTENCE)
                .queryParam("candidates", "all").body(Examples.bytes(SCISSORS)).post(ENDPOINT)).get("segmentations").get(0);
        List<Double> expected = new ArrayList<>();
        example.official().get("scores").forEach(score -> expected.add(-score.asDouble()));
        JsonNode candidates = answer.get("candidates");
        assertThat(candidates).hasSameSizeAs(expected);
        double[] scores = expected.stream().mapToDouble(score -> score).sorted().map(score -> -score).toArray();
        for (int i = 0; i < scores.length; i++) {
            assertThat(candidates.get(i).get("score").asDouble()).isCloseTo(scores[i], within(1e-3));
        }
        assertThat(candidates.get(0).get("score")).isEqualTo(answer.get("score"));
        assertThat(candidates).extracting(candidate -> candidate.get("query").asInt()).doesNotHaveDuplicates();
        assertThat(candidates.get(0).get("mask")).isEqualTo(answer.get("mask"));
    }

    @Test
    void belowTheThresholdNothingIsFound() throws IOException {
        JsonNode answer = json(given().contentType("application/json")
                .body(Examples.request(Examples.bytes(SCISSORS), SCISSORS_SENTENCE).put("threshold", 0.99).toString())
                .post(ENDPOINT)).get("segmentations").get(0);
        assertThat(answer.get("found").asBoolean()).isFalse();
        assertThat(answer.get("score").asDouble()).isCloseTo(Examples.scissors().score(), within(1e-3));
        assertThat(answer.get("mask")).isEqualTo(MAPPER.readTree("""
                {"area": 0, "box": null, "rle": {"size": [360, 640], "counts": "PPQ7"}, "polygons": []}"""));
        ask("image/png").queryParam("threshold", 0.99).post(ENDPOINT).then().statusCode(200).header("InstructSeg-Found",
                "false");
    }

    private static RequestSpecification ask(String accept) {
        return given().contentType("image/png").accept(accept).queryParam("sentences", SCISSORS_SENTENCE)
                .body(Examples.bytes(SCISSORS));
    }

    @ParameterizedTest
    @ValueSource(strings = { "image/png", "image/*", "image/png; view=mask", "text/html, image/png;q=0.5",
            "application/json;q=0.3, image/*;q=0.4" })
    void givesTheMaskAsPng(String accept) throws IOException {
        BufferedImage png = png(ask(accept).post(ENDPOINT).then());
        Mask mask = Examples.scissors().mask();
        long differences = 0;
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                int gray = png.getRaster().getSample(x, y, 0);
                assertThat(gray).isIn(0, 255);
                differences += mask.get(x, y) == (gray == 255) ? 0 : 1;
            }
        }
        assertThat(differences).isLessThanOrEqualTo(mask.area() / 1000);
    }

    /** Outside of the mask the picture is dimmed; inside it is not, and of another color. */
    @Test
    void givesTheOverlayAsPng() throws IOException {
        BufferedImage overlay = png(ask("image/png; view=overlay").post(ENDPOINT).then());
        BufferedImage picture = ImageIO.read(SCISSORS.toFile());
        Mask mask = Examples.scissors().mask();
        long agreeing = 0;
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                int before = picture.getRGB(x, y) & 0xff;
                boolean dimmed = Math.abs((overlay.getRGB(x, y) & 0xff) - before * 176 / 256) <= 1;
                agreeing += dimmed != mask.get(x, y) ? 1 : 0;
            }
        }
        assertThat(agreeing).isGreaterThan(mask.height() * mask.width() * 99L / 100);
    }

    private static BufferedImage png(ValidatableResponse response) throws IOException {
        byte[] body = response.statusCode(200).contentType("image/png").header("InstructSeg-Found", "true").header("Vary",
                "Accept").extract().asByteArray();
        String score = response.extract().header("InstructSeg-Score");
        assertThat(Double.parseDouble(score)).isCloseTo(Examples.scissors().score(), within(1e-3));
        return ImageIO.read(new ByteArrayInputStream(body));
    }

    @ParameterizedTest
    @ValueSource(strings = { "*/*", "application/*", "application/json; charset=utf-8", "image/png;q=0.5, application/json",
            "image/png;q=0, */*;q=0.1" })
    void givesJson(String accept) {
        ask(accept).post(ENDPOINT).then().statusCode(200).contentType("application/json");
    }

    @Test
    void saysThatAPictureIsTruncated() throws IOException {
        byte[] picture = Files.readAllBytes(Examples.path("videos/1/00000.jpg"));
        Response response = given().contentType("image/jpeg").queryParam("sentences", "the apple")
                .body(Arrays.copyOf(picture, picture.length / 2)).post(ENDPOINT);
        assertThat(json(response).get("image").get("truncated").asBoolean()).isTrue();
    }

    /** The host's own resource, below the same path. */
    @Test
    void aHostUsesTheBean() throws IOException {
        byte[] overlay = given().contentType("image/png").body(Examples.bytes(SCISSORS)).post("/api/scissors").then()
                .statusCode(200).contentType("image/png").extract().asByteArray();
        assertThat(overlay).isEqualTo(ask("image/png; view=overlay").post(ENDPOINT).then().extract().asByteArray());
        given().contentType("image/png").body("no picture".getBytes(UTF_8)).post("/api/scissors").then()
                .statusCode(HostErrors.STATUS);
    }

    private static JsonNode json(Response response) throws IOException {
        return MAPPER.readTree(
                response.then().statusCode(200).contentType("application/json").extract().asByteArray());
    }
}
