package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.cli.Cli.Result;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameDirectory;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.engine.video.VideoDecoder;
import io.instructseg.engine.video.VideoLimits;
import io.instructseg.engine.video.VideoWriter;

class SegmentVideoTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path GUITAR = Cli.DEMO.resolve("examples/videos/1");
    private static final Path DRUM = Cli.DEMO.resolve("examples/videos/4");
    private static final int FRAMES = 8;

    private static JsonNode examples;

    @TempDir
    Path temp;

    @BeforeAll
    static void readExamples() throws IOException {
        examples = MAPPER.readTree(Cli.DEMO.resolve("examples/expected.json").toFile());
    }

    private static JsonNode official(String sentence) {
        for (JsonNode example : examples) {
            if (example.has("frames") && example.get("sentence").asText().equals(sentence)) {
                return example.get("official");
            }
        }
        throw new AssertionError("no example of " + sentence);
    }

    /** The answers that the official code gives, in all forms. */
    @Test
    void answersInLinesMasksAndAnOverlay() throws IOException {
        List<String> sentences = List.of("detect guitar", "the thing coming closer");
        Path masks = Files.createDirectory(temp.resolve("masks"));
        Path overlay = Files.writeString(temp.resolve("overlay.mp4"), "replaced");
        Path lines = temp.resolve("answers.jsonl");
        Result result = segment(GUITAR, "--text", sentences.get(0), "--text", sentences.get(1), "--masks", masks, "--overlay",
                overlay, "--jsonl", lines, "--frame-rate", 8);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("found in 8 of 8 frames, score 0.957 to 0.964", "masks written to " + masks,
                "overlay written to " + overlay, "jsonl written to " + lines);
        assertThat(names(temp)).containsExactlyInAnyOrder("masks", "overlay.mp4", "answers.jsonl");

        List<JsonNode> frames = lines(Files.readString(lines));
        assertThat(frames).hasSize(FRAMES);
        assertThat(names(masks)).hasSize(FRAMES);
        for (int frame = 0; frame < FRAMES; frame++) {
            assertThat(frames.get(frame).get("index").asInt()).isEqualTo(frame);
            assertThat(frames.get(frame).get("time").asDouble()).isEqualTo(frame / 8.0);
            for (int i = 0; i < sentences.size(); i++) {
                JsonNode answer = frames.get(frame).at("/segmentations/" + i);
                assertThat(answer.get("sentence").asText()).isEqualTo(sentences.get(i));
                assertLikeTheOfficial(answer, official(sentences.get(i)), frame);
            }
            assertLabels(masks.resolve("0000" + frame + ".png"), frames.get(frame));
        }
        assertOverlay(overlay);
    }

    private static void assertLikeTheOfficial(JsonNode answer, JsonNode official, int frame) {
        assertThat(answer.get("task").asText()).isEqualTo("referring");
        assertThat(answer.get("found").asBoolean()).isTrue();
        assertThat(answer.get("score").asDouble()).isCloseTo(official.get("scores").get(frame).asDouble(), within(1e-3));
        Mask mask = mask(answer);
        assertThat(mask.iou(mask(official.get("masks").get(frame)))).isGreaterThanOrEqualTo(0.999);
        assertThat(answer.at("/mask/area").asLong()).isEqualTo(mask.area());
        assertThat(answer.at("/mask/box/width").asInt()).isEqualTo(mask.boundingBox().orElseThrow().width());
    }

    /** Later objects above earlier ones, in the data set's colors. */
    private static void assertLabels(Path file, JsonNode line) throws IOException {
        Mask first = mask(line.at("/segmentations/0"));
        Mask second = mask(line.at("/segmentations/1"));
        BufferedImage png = ImageIO.read(file.toFile());
        IndexColorModel colors = (IndexColorModel) png.getColorModel();
        assertThat(List.of(colors.getRGB(0), colors.getRGB(1), colors.getRGB(2))).containsExactly(0xff000000, 0xff800000,
                0xff008000);
        for (int y = 0; y < png.getHeight(); y++) {
            for (int x = 0; x < png.getWidth(); x++) {
                int expected = second.get(x, y) ? 2 : first.get(x, y) ? 1 : 0;
                if (png.getRaster().getSample(x, y, 0) != expected) {
                    throw new AssertionError("pixel " + x + "," + y + " of " + file);
                }
            }
        }
    }

    /** Of the video's size and speed; outside of the objects the frames are darker. */
    private static void assertOverlay(Path file) throws IOException {
        try (FrameSource overlay = VideoDecoder.open(file, VideoLimits.DEFAULT, FrameSelection.ALL);
                FrameSource video = frames(GUITAR)) {
            for (int i = 0; i < FRAMES; i++) {
                Frame painted = overlay.next().orElseThrow();
                assertThat(painted.time()).isEqualTo(Duration.ofMillis(125L * i));
                assertThat(painted.image().width()).isEqualTo(480);
                assertThat(painted.image().height()).isEqualTo(360);
                double brightness = mean(painted) / mean(video.next().orElseThrow());
                assertThat(brightness).isBetween(0.6, 0.8);
            }
            assertThat(overlay.next()).isEmpty();
        }
    }

    private static double mean(Frame frame) {
        long sum = 0;
        for (byte value : frame.image().pixels()) {
            sum += value & 0xff;
        }
        return (double) sum / frame.image().pixels().length;
    }

    /** H.264 changes pixels, so the official answers are only near. */
    @Test
    void aFileIsAnsweredOnStandardOutput() throws IOException {
        Path file = mp4();
        String sentence = "detect the drum";
        Result result = segment(file, "--text", sentence, "--jsonl");
        assertThat(result.exitCode()).as(result.err()).isZero();
        List<JsonNode> lines = lines(result.out());
        assertThat(lines).hasSize(FRAMES);
        for (int i = 0; i < FRAMES; i++) {
            assertThat(lines.get(i).get("time").asDouble()).isEqualTo(i * 0.04);
            Mask official = mask(official(sentence).get("masks").get(i));
            assertThat(mask(lines.get(i).at("/segmentations/0")).iou(official)).isGreaterThan(0.9);
        }
        assertThat(names(temp)).containsExactly("drum.mp4");
    }

    @Test
    void framesAreSelected() throws IOException {
        Result result = segment(mp4(), "--text", "detect the drum", "--jsonl", "--start", "0.04", "--end", 0.25, "--stride", 2,
                "--frames", 2, "--references", 1, "--causal", "--merge-by-probability", "--threshold", 1);
        assertThat(result.exitCode()).as(result.err()).isZero();
        List<JsonNode> lines = lines(result.out());
        assertThat(lines).extracting(line -> line.get("index").asInt()).containsExactly(0, 1);
        assertThat(lines).extracting(line -> line.get("time").asDouble()).containsExactly(0.04, 0.12);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.at("/segmentations/0/found").asBoolean(true)).isFalse();
            assertThat(line.at("/segmentations/0/mask/area").asInt(-1)).isZero();
            assertThat(line.at("/segmentations/0/mask/box").isNull()).isTrue();
        });
        Result none = segment(DRUM, "--text", "a", "--every", 1, "--start", 100, "--overlay", temp.resolve("o.mp4"));
        assertFails(none, DRUM + ": no frame is shown in the time that was asked for");
        assertThat(names(temp)).containsExactly("drum.mp4");
    }

    @Test
    void aDamagedVideoIsAnsweredUpToTheDamage() throws IOException {
        Path video = Files.createDirectory(temp.resolve("video"));
        for (String name : names(DRUM)) {
            byte[] jpeg = Files.readAllBytes(DRUM.resolve(name));
            Files.write(video.resolve(name), name.equals("00003.jpg") ? Arrays.copyOf(jpeg, jpeg.length / 2) : jpeg);
        }
        Path masks = temp.resolve("masks");
        Path overlay = temp.resolve("overlay.mp4");
        Result result = segment(video, "--text", "detect the drum", "--masks", masks, "--overlay", overlay, "--jsonl");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("instructseg: " + video + ": frame 00003.jpg is incomplete",
                "the answers about the frames before, 0 to 2, are written").doesNotContain("\tat ");
        assertThat(lines(result.out())).hasSize(3);
        assertThat(names(masks)).containsExactlyInAnyOrder("00000.png", "00001.png", "00002.png");
        try (FrameSource written = VideoDecoder.open(overlay, VideoLimits.DEFAULT, FrameSelection.ALL)) {
            for (int i = 0; i < 3; i++) {
                assertThat(written.next()).isPresent();
            }
            assertThat(written.next()).isEmpty();
        }
    }

    @Test
    void videosThatCannotBeReadAreNamed() throws IOException {
        Path missing = temp.resolve("missing.mp4");
        assertFails(segment(missing, "--text", "a"), missing + ": no such file or directory");
        Path text = Files.writeString(temp.resolve("text.mp4"), "no video at all, only words");
        assertFails(segment(text, "--text", "a"), text + ": ");
        Path cut = mp4();
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 200));
        assertFails(segment(cut, "--text", "a", "--jsonl"), cut + ": ");
        Path empty = Files.createDirectory(temp.resolve("empty"));
        assertFails(segment(empty, "--text", "a"), empty + ": the folder has no frame");
    }

    @Test
    void outputsAreCheckedBeforeTheWork() throws IOException {
        Path full = Files.createDirectory(temp.resolve("full"));
        Files.writeString(full.resolve("mine.txt"), "kept");
        assertFails(segment(DRUM, "--text", "a", "--masks", full), full + " exists already and is not empty");
        Path file = Files.writeString(temp.resolve("file"), "kept");
        assertFails(segment(DRUM, "--text", "a", "--masks", file), file + " exists and is no directory");
        Path nowhere = temp.resolve("nowhere/out");
        for (String option : List.of("--masks", "--overlay", "--jsonl")) {
            assertFails(segment(DRUM, "--text", "a", option, nowhere), nowhere + " can't be written: there is no directory");
        }
        assertThat(full.resolve("mine.txt")).hasContent("kept");
        for (String other : List.of("a", "./a", "a/b.mp4")) {
            Result same = segment(DRUM, "--text", "a", "--masks", temp.resolve("a"), "--overlay", temp.resolve(other));
            assertThat(same.exitCode()).isEqualTo(2);
            assertThat(same.err()).contains("must be different");
        }
        assertThat(segment(file, "--text", "a", "--jsonl", file).exitCode()).isEqualTo(2);
        assertThat(file).hasContent("kept");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --start 3 --end 1      | end is PT1S, expected later than the start, PT3S
            --start -1             | is no time, expected seconds
            --every soon           | is no time, expected seconds
            --every 1 --stride 2   | stride is 2
            --stride 0             | stride is 0, expected 1 or more
            --frames 0             | count is 0, expected 1 or more
            --frame-rate 0         | --frame-rate is 0.0, expected 0.001 to 1000
            --references 65        | reference frames: found 65, expected 0 to 64
            --threshold 1.5        | threshold: found 1.5, expected 0 to 1
            --image a.png          | mutually exclusive
            --json                 | --image=FILE
            """)
    void usageIsChecked(String options, String message) {
        Stream<String> arguments = Stream.concat(Stream.of("--text", "a"), Stream.of(options.split(" ")));
        Result result = segment(DRUM, arguments.toArray());
        assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
        assertThat(result.err()).contains(message).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    private static Result segment(Path video, Object... arguments) {
        return Cli.run(Stream.concat(Stream.of("segment", "--model", "demo", "--video", video), Stream.of(arguments))
                .toArray());
    }

    private static void assertFails(Result result, String message) {
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).contains("instructseg: ").contains(message).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    private static FrameSource frames(Path directory) throws IOException {
        return FrameDirectory.open(directory, Duration.ofMillis(40), VideoLimits.DEFAULT, FrameSelection.ALL);
    }

    private Path mp4() throws IOException {
        Path file = temp.resolve("drum.mp4");
        try (FrameSource frames = frames(DRUM); VideoWriter writer = VideoWriter.create(file)) {
            for (Optional<Frame> frame = frames.next(); frame.isPresent(); frame = frames.next()) {
                writer.write(frame.get().image(), frame.get().time());
            }
            writer.finish();
        }
        return file;
    }

    private static List<JsonNode> lines(String text) throws IOException {
        assertThat(text).endsWith("\n");
        return List.of(text.split("\n")).stream().map(SegmentVideoTest::json).toList();
    }

    private static JsonNode json(String line) {
        try {
            return MAPPER.readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    /** Of an answer, or the official run lengths themselves. */
    private static Mask mask(JsonNode node) {
        JsonNode runs = node.has("mask") ? node.at("/mask/rle") : node;
        return new RunLengthEncoding(runs.get("size").get(0).asInt(), runs.get("size").get(1).asInt(),
                runs.get("counts").asText()).decode();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
