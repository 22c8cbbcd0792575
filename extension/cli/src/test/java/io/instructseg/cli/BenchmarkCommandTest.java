package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.instructseg.cli.Cli.Result;

class BenchmarkCommandTest {

    @Test
    void tellsWhatAFrameTakes() {
        Result result = Cli.run("benchmark", "demo", "--frames", 3, "--sentences", 2, "--video",
                Cli.DEMO.resolve("examples/videos/4"));
        assertThat(result.exitCode()).as(result.err()).isZero();
        List<String> rows = result.out().lines().toList();
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

    @Test
    void usageIsChecked() {
        Result result = Cli.run("benchmark", "demo", "--sentences", 1);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--sentences 1, expected");
        assertThat(Cli.run("benchmark", "nowhere").err()).contains("nowhere: no such directory");
    }
}
