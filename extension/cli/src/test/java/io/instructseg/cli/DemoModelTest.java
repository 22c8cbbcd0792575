package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.conversion.ConversionOptions;
import io.instructseg.conversion.Converter;
import io.instructseg.demo.DemoModel;
import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Candidate;
import io.instructseg.engine.Candidates;
import io.instructseg.engine.Conversation;
import io.instructseg.engine.FinishReason;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.TextGeneration;
import io.instructseg.engine.VideoOptions;
import io.instructseg.engine.VideoSegmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.instructseg.engine.text.Prompts;
import io.instructseg.engine.text.Task;
import io.instructseg.engine.text.Tokenizer;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.format.Precision;

/** The embedded model gives the official code's answers to all sentences of its example pictures and videos. */
class DemoModelTest {

    private static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));
    private static final Map<String, Task> TASKS = Map.of("res", Task.REFERRING, "reason", Task.REASONING);
    private static final Map<String, Task> VIDEO_TASKS = Map.of("rvos", Task.REFERRING, "revos", Task.REASONING);

    @TempDir
    static Path directory;

    @TestFactory
    Stream<DynamicTest> answersLikeTheOfficialCode() throws IOException {
        DemoModel.extractTo(directory);
        SegmentationModel model = SegmentationModel.load(directory);
        Map<String, List<JsonNode>> pictures = examples(TASKS, example -> example.get("image").asText());
        assertThat(pictures).hasSize(16);
        Map<String, List<JsonNode>> videos = examples(VIDEO_TASKS, example -> example.get("frames").get(0).asText());
        assertThat(videos).hasSize(4);
        Map<String, List<JsonNode>> questions = examples(Map.of("vqa", Task.REASONING),
                example -> example.get("image").asText());
        assertThat(questions).hasSize(8);
        return Stream.concat(questions.entrySet().stream().map(entry -> DynamicTest.dynamicTest("words of " + entry.getKey(),
                () -> answersInWords(model, entry.getKey(), entry.getValue()))), Stream.concat(
                        pictures.entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey(),
                                () -> answers(model, entry.getKey(), entry.getValue()))),
                        videos.entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey(),
                                () -> answersAboutVideo(model, entry.getValue())))))
                .onClose(model::close);
    }

    /** A loaded model has it mapped: written into, it would change under it, or end the JVM. */
    @Test
    void anotherFileIsReplacedNotWrittenInto(@TempDir Path target) throws IOException {
        Path file = Files.createDirectories(target.resolve("variables")).resolve("variables.data-00000-of-00001");
        Files.writeString(file, "of an earlier version");
        try (InputStream earlier = Files.newInputStream(file)) {
            DemoModel.extractTo(target);
            assertThat(earlier.readAllBytes()).asString().isEqualTo("of an earlier version");
        }
        assertThat(Files.size(file)).isGreaterThan(1 << 20);
    }

    /** The official code runs in float32. */
    @Test
    void bfloat16KeepsTheMasks(@TempDir Path parent) throws IOException {
        Path target = parent.resolve("bfloat16");
        Converter.convert(Cli.DEMO.resolve("checkpoint"), target, new ConversionOptions(Precision.BFLOAT16, List.of()),
                (step, done, total) -> {
                });
        try (SegmentationModel model = SegmentationModel.load(target)) {
            for (Map.Entry<String, List<JsonNode>> picture : examples(TASKS, example -> example.get("image").asText())
                    .entrySet()) {
                DecodedImage image = ImageDecoder.decode(EXAMPLES.resolve(picture.getKey()), ImageLimits.DEFAULT);
                List<Segmentation> answers = model.segment(image, instructions(picture.getValue(), TASKS),
                        SegmentationOptions.DEFAULT, CancellationToken.NONE);
                for (int i = 0; i < answers.size(); i++) {
                    JsonNode example = picture.getValue().get(i);
                    assertThat(answers.get(i).mask().iou(mask(example.at("/official/mask"))))
                            .as(picture.getKey() + ": " + example.get("sentence").asText()).isGreaterThanOrEqualTo(0.99);
                }
            }
        }
    }

    /** Sentences by what they are about. */
    private static Map<String, List<JsonNode>> examples(Map<String, Task> tasks, Function<JsonNode, String> subject)
            throws IOException {
        Map<String, List<JsonNode>> found = new LinkedHashMap<>();
        JsonNode examples = new ObjectMapper().readTree(EXAMPLES.resolve("expected.json").toFile());
        StreamSupport.stream(examples.spliterator(), false).filter(example -> tasks.containsKey(example.get("task").asText()))
                .forEach(example -> found.computeIfAbsent(subject.apply(example), name -> new ArrayList<>()).add(example));
        return found;
    }

    /** Greedy, and cleaned up as the official evaluation does. The model was trained without explanations: it gives none. */
    private static void answersInWords(SegmentationModel model, String picture, List<JsonNode> examples) throws IOException {
        DecodedImage image = ImageDecoder.decode(EXAMPLES.resolve(picture), ImageLimits.DEFAULT);
        for (JsonNode example : examples) {
            StringBuilder text = new StringBuilder();
            try (TextGeneration answer = model.answer(Optional.of(image), Conversation.of(example.get("question").asText()),
                    GenerationOptions.DEFAULT, CancellationToken.NONE)) {
                for (Optional<String> piece = answer.next(); piece.isPresent(); piece = answer.next()) {
                    text.append(piece.get());
                }
                assertThat(answer.finish()).isEqualTo(FinishReason.END_OF_TEXT);
            }
            assertThat(Tokenizer.cleanUp(text.toString()).strip()).isEqualTo(example.at("/official/text").asText());
        }
        Instruction instruction = Instruction.reasoning("something to drink from");
        Segmentation answer = model.segment(image, List.of(instruction),
                SegmentationOptions.DEFAULT.withExplanation(GenerationOptions.DEFAULT), CancellationToken.NONE).get(0);
        assertThat(answer.explanation()).isEmpty();
        Prompts prompts = model.prompts();
        Candidate expected = model.candidates(image.image(),
                prompts.explained(prompts.explanation(instruction.sentences()), new int[0])).get(0);
        assertThat(answer.mask().iou(expected.mask())).isGreaterThan(0.999);
        assertThat(answer.score()).isCloseTo(expected.score(), within(1e-6));
    }

    /** All sentences about a video in one stream. */
    private static void answersAboutVideo(SegmentationModel model, List<JsonNode> examples) throws IOException {
        assertThat(examples).hasSize(3);
        JsonNode names = examples.get(0).get("frames");
        try (VideoSegmentation video = model.segment(new JpegFrames(names), instructions(examples, VIDEO_TASKS),
                VideoOptions.DEFAULT, CancellationToken.NONE)) {
            for (int frame = 0; frame < names.size(); frame++) {
                FrameSegmentation answer = video.next().orElseThrow();
                for (int i = 0; i < examples.size(); i++) {
                    JsonNode official = examples.get(i).get("official");
                    Segmentation own = answer.segmentations().get(i);
                    assertThat(own.score()).isCloseTo(official.get("scores").get(frame).asDouble(), within(1e-4));
                    assertThat(own.mask().iou(mask(official.get("masks").get(frame)))).isGreaterThan(0.999);
                }
            }
            assertThat(video.next()).isEmpty();
        }
    }

    private record JpegFrames(Iterator<JsonNode> names, AtomicInteger index) implements FrameSource {

        JpegFrames(JsonNode names) {
            this(names.elements(), new AtomicInteger());
        }

        @Override
        public Optional<Frame> next() {
            return names.hasNext() ? Optional.of(frame(names.next().asText())) : Optional.empty();
        }

        private Frame frame(String name) {
            try {
                return new Frame(index.getAndIncrement(), Duration.ZERO,
                        ImageDecoder.decode(EXAMPLES.resolve(name), ImageLimits.DEFAULT).image());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            // no file stays open
        }
    }

    private static List<Instruction> instructions(List<JsonNode> examples, Map<String, Task> tasks) {
        return examples.stream().map(
                example -> new Instruction(tasks.get(example.get("task").asText()), List.of(example.get("sentence").asText())))
                .toList();
    }

    /** All sentences about a picture in one request: padded side by side, each gets the answer that it gets alone. */
    private static void answers(SegmentationModel model, String picture, List<JsonNode> examples) throws IOException {
        DecodedImage image = ImageDecoder.decode(EXAMPLES.resolve(picture), ImageLimits.DEFAULT);
        List<Instruction> instructions = instructions(examples, TASKS);
        List<Segmentation> all = model.segment(image, instructions, new SegmentationOptions(Candidates.ALL, 0),
                CancellationToken.NONE);
        List<Segmentation> best = model.segment(image, instructions, SegmentationOptions.DEFAULT, CancellationToken.NONE);
        for (int i = 0; i < examples.size(); i++) {
            JsonNode official = examples.get(i).get("official");
            assertMatches(official, all.get(i));
            assertThat(best.get(i).candidates().get(0).query()).isEqualTo(all.get(i).candidates().get(0).query());
            assertThat(best.get(i).mask()).isEqualTo(all.get(i).mask());
            assertThat(best.get(i).score()).isCloseTo(all.get(i).score(), within(1e-6));
        }
    }

    private static void assertMatches(JsonNode official, Segmentation answer) {
        // the recorded order of the queries is torch.topk's, which is arbitrary
        double[] scores = StreamSupport.stream(official.get("scores").spliterator(), false).mapToDouble(JsonNode::asDouble)
                .map(score -> -score).sorted().map(score -> -score).toArray();
        assertThat(answer.candidates().stream().mapToDouble(Candidate::score).toArray()).containsExactly(scores, within(1e-3));
        assertThat(answer.score()).isCloseTo(official.get("score").asDouble(), within(1e-3));
        assertThat(answer.mask().iou(mask(official.get("mask")))).isGreaterThanOrEqualTo(0.999);
    }

    private static Mask mask(JsonNode encoding) {
        return new RunLengthEncoding(encoding.get("size").get(0).asInt(), encoding.get("size").get(1).asInt(),
                encoding.get("counts").asText()).decode();
    }
}
