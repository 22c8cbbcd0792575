package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.cli.Cli.Result;

class BenchmarkCommandTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path directory;

    @Test
    void tellsWhatAPictureTakes() throws IOException {
        Path file = directory.resolve("report.json");
        Result result = Cli.run("benchmark", "demo", "--rounds", 2, "--sentences", 2, "--json", file);
        assertThat(result.exitCode()).as(result.err()).isZero();
        JsonNode report = MAPPER.readTree(file.toFile());
        assertThat(result.out()).contains(report.at("/conditions/date").asText(), "instructseg benchmark demo --rounds 2",
                "1 sentence ", "2 sentences ", "encode_backbone", "end to end", "matrix product in FLOAT32", "tokens/s",
                "MB of keys and values");
        assertThat(report.at("/limits/matrix_product").asDouble()).isBetween(1e9, 1e15);
        assertThat(report.at("/limits/memory_read").asDouble()).isBetween(1e8, 1e13);
        JsonNode one = report.at("/answers/0/stages");
        JsonNode two = report.at("/answers/1/stages");
        assertThat(one).hasSize(9);
        assertThat(sum(one, "flops")).isEqualTo(2 * one.get(8).get("flops").asDouble(), within(1.0));
        assertThat(two.get(0).get("flops")).isEqualTo(one.get(0).get("flops"));
        assertThat(two.get(4).get("flops").asDouble()).isEqualTo(2 * one.get(4).get("flops").asDouble());
        for (JsonNode stage : one) {
            checkRate(report.get("limits"), stage);
        }
        assertThat(one.get(8).get("cold").asDouble()).isGreaterThan(one.get(8).get("warm").asDouble());
        checkMemory(report.get("memory"));
        checkBytes(report, one);
        checkWords(report.get("limits"), report.get("words"));
        checkGaps(report.get("gaps"));
    }

    private static void checkRate(JsonNode limits, JsonNode stage) {
        double warm = stage.get("warm").asDouble();
        assertThat(warm).as(stage.toString()).isPositive();
        assertThat(stage.get("rate").asDouble()).isCloseTo(stage.get("flops").asDouble() / warm, withinPercentage(0.01));
        assertThat(stage.get("share").asDouble()).isCloseTo(
                stage.get("rate").asDouble() / limits.get("matrix_product").asDouble(), withinPercentage(0.01));
        assertThat(limits.get("matrix_product").asDouble()).isLessThanOrEqualTo(limits.get("best_matrix_product").asDouble());
    }

    /** The numbers that are read to measure memory are 512 MB, of this heap of 3 GB. */
    private static void checkMemory(JsonNode memory) {
        long loaded = memory.get("loaded").asLong();
        assertThat(memory.get("picture_peak").asLong()).isBetween(loaded, loaded + 400_000_000);
        assertThat(memory.get("answering_peak").asLong()).isBetween(loaded, loaded + 400_000_000);
    }

    /** A token reads the language model's four layers and the projection to the vocabulary, but not the words' table. */
    private static void checkWords(JsonNode limits, JsonNode words) {
        assertThat(words.get("prefill_seconds").asDouble()).isPositive();
        assertThat(words.get("prefill_floor").asDouble()).isCloseTo(
                words.get("prefill_flops").asDouble() / limits.get("matrix_product").asDouble(), withinPercentage(0.01));
        assertThat(words.get("prompt_tokens").asInt()).isGreaterThan(64);
        assertThat(words.get("prefill_flops").asDouble())
                .isGreaterThan(words.get("prompt_tokens").asInt() / 2 * words.get("token_flops").asDouble());
        long weights = words.get("token_weight_bytes").asLong();
        // two operations for each weight, and attention's
        assertThat(words.get("token_flops").asDouble()).isBetween(weights / 2 * 0.98, weights / 2 * 1.5);
        assertThat(words.get("tokens").asInt()).isPositive();
        assertThat(words.get("token_seconds").asDouble()).isPositive();
        // in each of four layers a key and a value of 160 numbers for all tokens of the prompt, and at most 32 behind it
        long ofToken = 4 * 2 * 160 * 4;
        assertThat(words.get("token_cache_bytes").asLong()).isBetween(words.get("prompt_tokens").asInt() * ofToken,
                (words.get("prompt_tokens").asInt() + 32) * ofToken);
        assertThat(words.get("token_floor").asDouble()).isCloseTo((weights + words.get("token_cache_bytes").asLong())
                / limits.get("memory_read").asDouble(), withinPercentage(0.01));
    }

    /**
     * A picture takes all weights but the projection to the vocabulary; the words' table, 1413 x 160, is only gathered from.
     */
    private static void checkBytes(JsonNode report, JsonNode stages) {
        long weights = report.at("/memory/weights").asLong();
        int table = 4 * 1413 * 160;
        assertThat(weights).isGreaterThan(4 * 3_933_430);
        assertThat(stages.get(8).get("weight_bytes").asLong()).isBetween(4 * 3_933_430L - table - 20_000,
                4 * 3_933_430L - table);
        // pixels of 112 x 112 in, 8 x 8 patches of 160 out
        assertThat(stages.get(0).get("tensor_bytes").asLong()).isEqualTo(112 * 112 * 3 + 4 * 64 * 160);
    }

    /** What is counted by kind, what passed between and around makes up the recorded time. */
    private static void checkGaps(JsonNode gaps) {
        assertThat(gaps).extracting(gap -> gap.get("name").asText()).containsExactlyInAnyOrder("encode_vision",
                "encode_backbone", "decode_pixels", "perceive", "reason", "fuse", "decode_masks", "resolve_masks", "prefill",
                "decode");
        for (JsonNode gap : gaps) {
            double all = gap.get("between").asDouble() + gap.get("around").asDouble();
            for (JsonNode kind : gap.get("kinds")) {
                all += kind.asDouble();
            }
            assertThat(all).isEqualTo(gap.get("seconds").asDouble(), within(1e-6));
            assertThat(gap.get("between").asDouble()).isGreaterThanOrEqualTo(-1e-6);
            assertThat(gap.get("floor").asDouble() > 0).isEqualTo(!gap.get("name").asText().equals("resolve_masks"));
        }
        assertThat(gaps.get(0).at("/kinds/PRODUCTS").asDouble()).isPositive();
    }

    private static double sum(JsonNode stages, String field) {
        return StreamSupport.stream(stages.spliterator(), false).mapToDouble(stage -> stage.get(field).asDouble()).sum();
    }

    @Test
    void tellsWhatAFrameTakes() {
        Result result = Cli.run("benchmark", "demo", "--frames", 3, "--sentences", 2, "--video",
                Cli.DEMO.resolve("examples/videos/4"));
        assertThat(result.exitCode()).as(result.err()).isZero();
        List<String> rows = result.out().lines().skip(3).toList();
        assertThat(rows).extracting(row -> row.substring(0, 34).strip()).startsWith("a frame of a video", "GFLOP",
                "GFLOP, official script", "share of the official script's, %", "ms", "GFLOP/s",
                "share of a matrix product's, %", "matrix product, GFLOP/s");
        double[] ours = figures(rows.get(1));
        double[] official = figures(rows.get(2));
        assertThat(ours[0]).isPositive().isLessThan(official[0]);
        assertThat(ours[2]).isPositive().isLessThan(ours[0]);
        assertThat(figures(rows.get(4))[0]).isPositive();
        assertThat(figures(rows.get(7))).hasSize(1);
        assertThat(figures(rows.get(7))[0]).isGreaterThan(1);
    }

    private static double[] figures(String row) {
        return List.of(row.substring(34).strip().split(" +")).stream()
                .mapToDouble(cell -> Double.parseDouble(cell.replace(",", ""))).toArray();
    }

    /**
     * 220 kB forgotten in each request, res2 of the picture, would be 22 MB from one third to the next. What is allowed is 2 %
     * of all that this process has, other tests' memory included: with 600 MB 12 MB, so a leak below 120 kB a request
     * passes. 10,000 requests find one of 3 kB, and are for a run of the command by itself.
     */
    @Test
    void manyRequestsLeaveMemoryFlat() throws IOException {
        Result result = Cli.run("benchmark", "demo", "--requests", 300, "--json", "-");
        assertThat(result.exitCode()).as(result.err() + result.out()).isZero();
        JsonNode report = MAPPER.readTree(result.out());
        List<Long> readings = new ArrayList<>();
        report.get("resident").forEach(reading -> readings.add(reading.asLong()));
        assertThat(readings).hasSize(30).allMatch(reading -> reading > 100_000_000);
        assertThat(report.get("growth").asLong()).isLessThan(report.get("limit").asLong());
    }

    /** A second one begins with what TensorFlow keeps of the first, and leaves no more. */
    @Test
    void loadingAndUnloadingAreMeasured() throws IOException {
        Result result = Cli.run("benchmark", "demo", "--loads", 3, "--json", "-");
        assertThat(result.exitCode()).as(result.err()).isZero();
        JsonNode report = MAPPER.readTree(result.out());
        assertThat(report.get("disk").get("bytes").asLong()).isGreaterThan(10_000_000);
        assertThat(report.get("loads")).hasSize(3).allSatisfy(load -> {
            assertThat(load.get("seconds").asDouble()).isPositive();
            assertThat(load.get("answer").asDouble()).isPositive();
            // loaded need not be above before: loading gives back what other tests' models left with the C library
            assertThat(load.get("most").asLong()).isGreaterThanOrEqualTo(load.get("loaded").asLong())
                    .isGreaterThan(load.get("before").asLong());
        });
        JsonNode last = report.get("loads").get(2);
        assertThat(last.get("unloaded").asDouble()).isLessThan(1.1 * last.get("before").asLong());
    }

    /** Nothing here could be loaded. */
    @Test
    void thatSizesAreMissingIsToldBeforeLoading() throws IOException {
        Files.writeString(directory.resolve("saved_model.pb"), "no model");
        for (String mode : List.of("--rounds", "--frames")) {
            Result result = Cli.run("benchmark", directory, mode, 1);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err()).contains("model.json is missing");
        }
    }

    @Test
    void usageIsChecked() {
        Result result = Cli.run("benchmark", "demo", "--sentences", 1);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--sentences is 1, expected");
        assertThat(Cli.run("benchmark", "demo", "--requests", 29).err()).contains("--requests is 29, expected 30 or more");
        assertThat(Cli.run("benchmark", "demo", "--loads", 0).err()).contains("--loads is 0, expected 1 or more");
        assertThat(Cli.run("benchmark", "demo", "--rounds", 0).err()).contains("--rounds is 0, expected 1 or more");
        assertThat(Cli.run("benchmark", "demo", "--frames", 5, "--requests", 30).exitCode()).isEqualTo(2);
        assertThat(Cli.run("benchmark", "demo", "--json", "/nowhere/x.json").err()).contains("no directory /nowhere");
        assertThat(Cli.run("benchmark", "nowhere").err()).contains("nowhere: no such directory");
    }
}
