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
import io.instructseg.demo.DemoModel;

class InspectCommandTest {

    @TempDir
    Path temp;

    /** The index of the checkpoint tells the number of its tensors and their bytes. */
    @Test
    void countsACheckpoint() throws IOException {
        Path checkpoint = Cli.GOLDEN.resolve("model-b");
        JsonNode index = new ObjectMapper().readTree(checkpoint.resolve("model.safetensors.index.json").toFile());
        Result result = Cli.run("inspect", checkpoint);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("vision encoder ", "backbone ", "projector ", "language model ", "perceiver ",
                "pixel decoder ", "text fusion ", "mask decoder ").doesNotContain("other ");
        assertThat(result.out()).containsPattern("total +" + index.get("weight_map").size() + " .* "
                + Units.bytes(index.at("/metadata/total_size").asLong()));
        assertThat(result.out()).contains("answers in words: yes");
    }

    @Test
    void describesTheDemoModel() {
        Result result = Cli.run("inspect", "demo");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("FLOAT32 matrices", "vocabularySize 1413", "model.safetensors, 17.9 MB", "answers in words: yes",
                        "check: what model.json records is what the model has")
                .doesNotContain("other ");
    }

    @Test
    void namesWhatModelJsonGetsWrong() throws IOException {
        DemoModel.extractTo(temp);
        Path manifest = temp.resolve("model.json");
        String text = Files.readString(manifest);
        Files.writeString(manifest, text.replace("\"queries\" : 12", "\"queries\" : 13").replaceFirst(
                "\"weights\" : \\d+", "\"weights\" : 7"));
        Result result = Cli.run("inspect", temp);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("axis Q: model.json records 13, the model has 12", "number of weights");

        Files.writeString(manifest, text.replace("\"heads\" : 5", "\"heads\" : 7"));
        Result impossible = Cli.run("inspect", temp);
        assertThat(impossible.exitCode()).isEqualTo(1);
        assertThat(impossible.err()).contains("model.json is malformed", "languageModel.heads is 7");
    }

    @Test
    void refusesWhatIsNeither() throws IOException {
        assertThat(Cli.run("inspect", temp).err()).contains(temp + ": no weights, expected");
        assertThat(Cli.run("inspect", temp.resolve("nowhere")).err()).contains("nowhere: no such directory");
        Files.write(temp.resolve("saved_model.pb"), new byte[] { 10, 127, 1 });
        Result damaged = Cli.run("inspect", temp);
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.err()).contains("saved_model.pb is damaged");
    }
}
