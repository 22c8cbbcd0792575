package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.cli.Cli.Result;

class SynthesizeCommandTest {

    /** The demo model's sizes. */
    static final String SIZES = """
            {"visionEncoder": {"imageSize": 112, "hiddenSize": 128, "intermediateSize": 256, "layers": 3, "heads": 4},
             "backbone": {"imageSize": 192, "embedDim": 24, "depths": [2, 2, 4, 1], "heads": [1, 2, 4, 8], "windowSize": 6,
                          "intermediateSizes": [96, 192, 384, 768]},
             "languageModel": {"hiddenSize": 160, "intermediateSize": 480, "layers": 4, "heads": 5, "rotaryDimensions": 12,
                               "vocabularySize": 1413, "outputSize": 1413},
             "perceiver": {"queries": 16, "layers": 2, "heads": 4, "headSize": 32, "feedForwardSize": 320},
             "textFusion": {"hiddenSize": 128, "layers": 2, "heads": 4, "headSize": 32, "feedForwardSize": 256},
             "pixelDecoder": {"hiddenSize": 64, "layers": 2, "feedForwardSize": 128},
             "maskDecoder": {"queries": 12, "hiddenSize": 64, "maskSize": 64, "layers": 3, "feedForwardSize": 192}}
            """;

    @TempDir
    Path temp;

    /** In half precision, which has the smallest range: activations that leave it would be an error. */
    @Test
    void whatIsMadeUpConvertsAndSegments() throws IOException {
        Path sizes = Files.writeString(temp.resolve("sizes.json"), SIZES);
        Path checkpoint = temp.resolve("checkpoint");
        Path model = temp.resolve("model");
        Result made = Cli.run("synthesize", "--size", sizes, checkpoint);
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(made.out()).isEqualTo(checkpoint + ": 8.9 MB of weights in FLOAT16\n");
        assertThat(Cli.run("convert", checkpoint, model, "--precision", "float16").exitCode()).isZero();
        Result result = Cli.run("segment", "--model", model, "--image", Cli.DEMO.resolve("examples/images/01.png"), "--text",
                "the dog", "--json");
        assertThat(result.exitCode()).as(result.err()).isZero();
        JsonNode answer = new ObjectMapper().readTree(result.out()).at("/segmentations/0");
        assertThat(answer.get("score").asDouble()).isBetween(0.01, 0.99);
        assertThat(answer.get("area").asInt()).isPositive();
    }

    @Test
    void wrongSizesAreRefused() throws IOException {
        Path sizes = Files.writeString(temp.resolve("sizes.json"), "{\"maskDecoder\": {\"heads\": 7}}");
        Result result = Cli.run("synthesize", "--size", sizes, temp.resolve("checkpoint"));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("maskDecoder.heads is 7, must divide maskDecoder.hiddenSize, 256");
        assertThat(temp.resolve("checkpoint")).doesNotExist();
        assertThat(Cli.run("synthesize", temp.resolve("checkpoint")).exitCode()).isEqualTo(2);
    }
}
