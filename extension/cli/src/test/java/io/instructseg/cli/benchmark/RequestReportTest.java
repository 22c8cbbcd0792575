package io.instructseg.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

class RequestReportTest {

    private static final long MEGABYTE = 1_000_000;

    /** From 500 MB to 519 MB in the first third, then still. */
    @Test
    void memoryMayGrowInTheFirstThird() {
        RequestReport report = report(LongStream.range(0, 30).map(i -> 500 + Math.min(2 * i, 19)));
        assertThat(report.growth()).isZero();
        assertThat(report.flat()).isTrue();
        assertThat(report.text()).contains("500.0 after the first", "519.0 at the end", ": flat");
    }

    /** 2 MB from one reading to the next: from the middle of the second third to that of the last are 10 readings. */
    @Test
    void whatGrowsOnIsALeak() {
        RequestReport report = report(LongStream.range(0, 30).map(i -> 500 + 2 * i));
        assertThat(report.growth()).isEqualTo(20 * MEGABYTE);
        assertThat(report.limit()).isEqualTo(530 * MEGABYTE / 50);
        assertThat(report.flat()).isFalse();
        assertThat(report.text()).contains("it leaks");
    }

    private static RequestReport report(LongStream megabytes) {
        List<Long> readings = megabytes.map(reading -> reading * MEGABYTE).boxed().toList();
        return RequestReport.of(Conditions.now("a command"), 300, 30, readings);
    }
}
