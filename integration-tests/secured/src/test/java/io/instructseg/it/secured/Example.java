package io.instructseg.it.secured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.restassured.response.Response;

/** A sentence about one of the demo model's example pictures, and what the official code answers. */
record Example(Path picture, String sentence, double score, Mask mask) {

    private static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static Example scissors() throws IOException {
        for (JsonNode example : MAPPER.readTree(EXAMPLES.resolve("expected.json").toFile())) {
            if (example.get("sentence").asText().equals("outline the pair of scissors")) {
                JsonNode official = example.get("official");
                return new Example(EXAMPLES.resolve(example.get("image").asText()), example.get("sentence").asText(),
                        official.get("score").asDouble(), mask(official.get("mask")));
            }
        }
        throw new IllegalStateException("expected.json has no scissors");
    }

    private static Mask mask(JsonNode rle) {
        return new RunLengthEncoding(rle.get("size").get(0).asInt(), rle.get("size").get(1).asInt(),
                rle.get("counts").asText()).decode();
    }

    void assertIsAnsweredBy(Response response) throws IOException {
        response.then().statusCode(200);
        JsonNode answer = MAPPER.readTree(response.asByteArray()).at("/segmentations/0");
        assertThat(answer.get("score").asDouble()).isCloseTo(score, within(1e-3));
        assertThat(mask(answer.at("/mask/rle")).iou(mask)).isGreaterThanOrEqualTo(0.999);
    }
}
