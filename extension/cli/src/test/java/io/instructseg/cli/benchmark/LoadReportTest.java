package io.instructseg.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.instructseg.cli.benchmark.LoadReport.Load;

class LoadReportTest {

    private static final List<Load> LOADS = List.of(Load.of(12, 60, 400_000_000, 1_000_000_000, 8_400_000_000L, 1_200_000_000),
            Load.of(6, 50, 1_200_000_000, 1_200_000_000, 1_200_000_000, 1_200_000_000));

    @Test
    void tellsLoadingBesideReading() {
        assertThat(report(new DiskRead(7_000_000_000L, 8)).text().lines().skip(3)).containsExactly(
                "reading 7,000.0 MB of files from the disk: 8.00 s", "",
                "         load, s   / reading first answer, s  before, MB      loaded        most      unloaded   back, %",
                "1          12.00        1.50           60.00       400.0     1,000.0     8,400.0       1,200.0      90.0",
                "2           6.00        0.75           50.00     1,200.0     1,200.0     1,200.0       1,200.0     100.0");
    }

    @Test
    void tellsThatTheDiskWasNotRead() {
        assertThat(report(new DiskRead(18_000_000, 0)).text().lines().skip(3)).contains(
                "18.0 MB of files, on a file system whose disk can't be read by itself",
                "1          12.00           -           60.00       400.0     1,000.0     8,400.0       1,200.0      90.0");
    }

    @Test
    void jsonHasAllFigures() {
        assertThat(report(new DiskRead(7_000_000_000L, 8)).json().get("loads").get(0).get("back").asDouble()).isEqualTo(0.9);
    }

    private static LoadReport report(DiskRead disk) {
        return new LoadReport(Conditions.now("instructseg benchmark"), disk, LOADS);
    }
}
