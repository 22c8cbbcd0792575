package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.cli.Cli.Result;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;

class SegmentCommandTest {

    private static final Path IMAGE = Cli.DEMO.resolve("examples/images/03.png");
    private static final String SENTENCE = "select the green frog";
    private static JsonNode official;

    @TempDir
    Path temp;

    @BeforeAll
    static void readExample() throws IOException {
        for (JsonNode example : new ObjectMapper().readTree(Cli.DEMO.resolve("examples/expected.json").toFile())) {
            if (example.path("sentence").asText().equals(SENTENCE)) {
                official = example.get("official");
            }
        }
    }

    @Test
    void answersInJsonAndFiles() throws IOException {
        Result result = Cli.run("segment", "--model", "demo", "--image", IMAGE, "--text", SENTENCE, "--text", "the \u00fcfo",
                "--mask", temp.resolve("m.png"), "--overlay", temp.resolve("o.png"), "--json");
        assertThat(result.exitCode()).as(result.err()).isZero();
        JsonNode root = new ObjectMapper().readTree(result.out());
        assertThat(result.out().lines()).hasSize(1);
        assertThat(root.at("/image/width")).isEqualTo(official.at("/mask/size/1"));
        assertThat(root.at("/image/truncated").asBoolean(true)).isFalse();
        assertThat(root.at("/timings/encode_backbone").asDouble()).isPositive();
        assertThat(root.at("/segmentations/1/instruction").asText()).isEqualTo("the \u00fcfo");
        assertThat(root.at("/segmentations/1/files/mask").asText()).endsWith("m-2.png");

        JsonNode answer = root.at("/segmentations/0");
        assertThat(answer.get("task").asText()).isEqualTo("referring");
        assertThat(answer.get("score").asDouble()).isCloseTo(official.get("score").asDouble(), within(1e-3));
        Mask mask = mask(answer.get("mask"));
        assertThat(mask.iou(mask(official.get("mask")))).isGreaterThanOrEqualTo(0.999);
        assertThat(answer.get("area").asLong()).isEqualTo(mask.area());
        assertThat(answer.at("/box/x").asInt()).isEqualTo(mask.boundingBox().orElseThrow().x());
        assertPng(temp.resolve("m-1.png"), mask);
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("m-1.png", "m-2.png",
                    "o-1.png", "o-2.png");
        }
    }

    @Test
    void answersPeople() throws IOException {
        Path out = Files.writeString(temp.resolve("out.png"), "replaced");
        Result result = Cli.run("segment", "--model", "demo", "--image", IMAGE, "--text", SENTENCE, "--overlay", out);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).startsWith(SENTENCE).containsPattern("score 0\\.\\d{3}, \\d+\\.\\d % of the picture, x ")
                .contains("overlay written to " + out);
        assertThat(ImageIO.read(out.toFile()).getWidth()).isEqualTo(official.at("/mask/size/1").asInt());
    }

    /** The demo model was trained without explanations. */
    @Test
    void tellsThatThereIsNoExplanation() throws IOException {
        Result result = Cli.run("segment", "--model", "demo", "--image", IMAGE, "--text", SENTENCE, "--task", "reasoning",
                "--explain", "--json");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(new ObjectMapper().readTree(result.out()).at("/segmentations/0").has("explanation")).isTrue();
        assertThat(new ObjectMapper().readTree(result.out()).at("/segmentations/0/explanation").isNull()).isTrue();
    }

    @Test
    void takesALongAndThinPicture() throws IOException {
        Path thin = temp.resolve("thin.png");
        ImageIO.write(new BufferedImage(1, 6000, BufferedImage.TYPE_INT_RGB), "png", thin.toFile());
        Result result = Cli.run("segment", "--model", "demo", "--image", thin, "--text", "a", "--json");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(new ObjectMapper().readTree(result.out()).at("/segmentations/0/mask/size").toString())
                .isEqualTo("[6000,1]");
    }

    @Test
    void picturesThatCannotBeReadAreNamed() throws IOException {
        Path missing = temp.resolve("missing.png");
        assertFails(Cli.run("segment", "--model", "demo", "--image", missing, "--text", "a"),
                missing + ": no such file or directory");
        assertFails(Cli.run("segment", "--model", "demo", "--image", temp, "--text", "a"), temp + " is a directory");
        Path text = Files.writeString(temp.resolve("text.png"), "no picture");
        assertFails(Cli.run("segment", "--model", "demo", "--image", text, "--text", "a"),
                text + ": not a picture of a known format");
        Path cut = Files.write(temp.resolve("cut.png"), Arrays.copyOf(Files.readAllBytes(IMAGE), 20));
        assertFails(Cli.run("segment", "--model", "demo", "--image", cut, "--text", "a"), cut + ": ");
    }

    @Test
    void aBlankSentenceIsNamed() {
        assertFails(Cli.run("segment", "--model", "demo", "--image", IMAGE, "--text", "a", "--text", " "),
                "instructions[1].sentences[0]: found a blank sentence, expected words");
    }

    @Test
    void outputsAreCheckedBeforeTheWork() throws IOException {
        Path nowhere = temp.resolve("nowhere/out.png");
        assertFails(segmentTo("--mask", nowhere), nowhere + " can't be written: there is no directory");
        assertFails(segmentTo("--overlay", temp), temp + " exists and is no file");
        Result same = segmentTo("--mask", temp.resolve("a.png"), "--overlay", temp.resolve("./a.png"));
        assertThat(same.exitCode()).isEqualTo(2);
        assertThat(same.err()).contains("must be different files");
    }

    private static Result segmentTo(Object... outputs) {
        Stream<Object> arguments = Stream.of("segment", "--model", "demo", "--image", IMAGE, "--text", "a");
        return Cli.run(Stream.concat(arguments, Stream.of(outputs)).toArray());
    }

    @Test
    void modelsThatAreNoneAreNamed() throws IOException {
        assertFails(Cli.run("segment", "--model", temp.resolve("nowhere"), "--image", IMAGE, "--text", "a"),
                "nowhere: no such directory");
        assertFails(Cli.run("segment", "--model", temp, "--image", IMAGE, "--text", "a"),
                temp + " is no model: it has no saved_model.pb");
        assertFails(Cli.run("segment", "--model", Cli.DEMO.resolve("checkpoint"), "--image", IMAGE, "--text", "a"),
                "it looks like a checkpoint");
        Files.writeString(temp.resolve("saved_model.pb"), "no model");
        assertFails(Cli.run("segment", "--model", temp, "--image", IMAGE, "--text", "a"), temp.toString());
    }

    @Test
    void usageIsChecked() {
        Result task = Cli.run("segment", "--model", "demo", "--image", IMAGE, "--text", "a", "--task", "guessing");
        assertThat(task.exitCode()).isEqualTo(2);
        assertThat(task.err()).contains("--task", "REFERRING", "guessing");
        Result explain = Cli.run("segment", "--model", "demo", "--image", IMAGE, "--text", "a", "--explain");
        assertThat(explain.exitCode()).isEqualTo(2);
        assertThat(explain.err()).contains("--explain: found --task referring, expected --task reasoning");
        assertThat(Cli.run("segment", "--model", "demo", "--image", IMAGE).exitCode()).isEqualTo(2);
        assertThat(Cli.run("segmnt").exitCode()).isEqualTo(2);
        assertThat(Cli.run("segment", "--help").out()).contains("--overlay", "out-1.png", "truncated");
        assertThat(Cli.run("--version").out()).startsWith("instructseg ");
    }

    private static void assertFails(Result result, String message) {
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).contains("instructseg: ").contains(message).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    private static Mask mask(JsonNode runs) {
        return new RunLengthEncoding(runs.get("size").get(0).asInt(), runs.get("size").get(1).asInt(),
                runs.get("counts").asText()).decode();
    }

    private static void assertPng(Path file, Mask mask) throws IOException {
        BufferedImage png = ImageIO.read(file.toFile());
        assertThat(png.getWidth()).isEqualTo(mask.width());
        assertThat(png.getHeight()).isEqualTo(mask.height());
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                if (png.getRaster().getSample(x, y, 0) != (mask.get(x, y) ? 255 : 0)) {
                    throw new AssertionError("pixel " + x + "," + y + " of " + file);
                }
            }
        }
    }
}
