package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.demo.DemoModel;
import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Candidate;
import io.instructseg.engine.Candidates;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.instructseg.engine.text.Task;

/** The embedded model gives the official code's answers to all sentences of its example pictures. */
class DemoModelTest {

    private static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));
    private static final Map<String, Task> TASKS = Map.of("res", Task.REFERRING, "reason", Task.REASONING);

    @TempDir
    static Path directory;

    @TestFactory
    Stream<DynamicTest> answersLikeTheOfficialCode() throws IOException {
        DemoModel.extractTo(directory);
        SegmentationModel model = SegmentationModel.load(directory);
        return picturesWithSentences().entrySet().stream().map(
                entry -> DynamicTest.dynamicTest(entry.getKey(), () -> answers(model, entry.getKey(), entry.getValue())))
                .onClose(model::close);
    }

    private static Map<String, List<JsonNode>> picturesWithSentences() throws IOException {
        Map<String, List<JsonNode>> pictures = new LinkedHashMap<>();
        JsonNode examples = new ObjectMapper().readTree(EXAMPLES.resolve("expected.json").toFile());
        StreamSupport.stream(examples.spliterator(), false).filter(example -> TASKS.containsKey(example.get("task").asText()))
                .forEach(example -> pictures.computeIfAbsent(example.get("image").asText(), name -> new ArrayList<>())
                        .add(example));
        assertThat(pictures).hasSize(16);
        return pictures;
    }

    /** All sentences about a picture in one request: padded side by side, each gets the answer that it gets alone. */
    private static void answers(SegmentationModel model, String picture, List<JsonNode> examples) throws IOException {
        DecodedImage image = ImageDecoder.decode(EXAMPLES.resolve(picture), ImageLimits.DEFAULT);
        List<Instruction> instructions = examples.stream().map(
                example -> new Instruction(TASKS.get(example.get("task").asText()), List.of(example.get("sentence").asText())))
                .toList();
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
        JsonNode encoding = official.get("mask");
        Mask mask = new RunLengthEncoding(encoding.get("size").get(0).asInt(), encoding.get("size").get(1).asInt(),
                encoding.get("counts").asText()).decode();
        assertThat(answer.mask().iou(mask)).isGreaterThanOrEqualTo(0.999);
    }
}
