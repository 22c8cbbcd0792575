package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.cli.Cli.Result;
import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;

/** {@code segment --explain} with a model that has words: a random one, which says something before any mask. */
class ExplanationTest {

    private static final Path IMAGE = Cli.GOLDEN.resolve("model-b/text/image_0.png");
    private static final List<String> SENTENCES = List.of("What could one drink from?", "Where is it warm?");

    @TempDir
    static Path models;

    private static Path model;
    private static List<String> words;

    @BeforeAll
    static void explain() throws IOException {
        model = models.resolve("b");
        assertThat(Cli.run("convert", Cli.GOLDEN.resolve("model-b"), model).exitCode()).isZero();
        try (SegmentationModel loaded = SegmentationModel.load(model)) {
            List<Segmentation> answers = loaded.segment(ImageDecoder.decode(IMAGE, ImageLimits.DEFAULT),
                    SENTENCES.stream().map(Instruction::reasoning).toList(),
                    SegmentationOptions.DEFAULT.withExplanation(GenerationOptions.DEFAULT), CancellationToken.NONE);
            words = answers.stream().map(answer -> answer.explanation().orElseThrow()).toList();
        }
        assertThat(words).doesNotHaveDuplicates().noneMatch(String::isBlank);
    }

    @Test
    void isToldToPeople() {
        Result result = segment();
        assertThat(result.exitCode()).as(result.err()).isZero();
        for (int i = 0; i < words.size(); i++) {
            assertThat(result.out()).containsSubsequence(SENTENCES.get(i) + System.lineSeparator() + "  score ",
                    System.lineSeparator() + "  because: " + words.get(i) + System.lineSeparator());
        }
    }

    @Test
    void isToldToPrograms() throws IOException {
        Result result = segment("--json");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(new ObjectMapper().readTree(result.out()).get("segmentations"))
                .extracting(answer -> answer.get("explanation")).extracting(JsonNode::asText)
                .containsExactlyElementsOf(words);
    }

    private static Result segment(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("segment", "--model", model, "--image", IMAGE, "--task", "reasoning",
                "--explain"));
        SENTENCES.forEach(sentence -> arguments.addAll(List.of("--text", sentence)));
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray());
    }
}
