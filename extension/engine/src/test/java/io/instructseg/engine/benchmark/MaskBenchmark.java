package io.instructseg.engine.benchmark;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import io.instructseg.engine.mask.LabelMap;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.ProbabilityMerger;
import io.instructseg.engine.mask.RunLengthEncoding;

/** What becomes of a mask, beside plainly looking at each of its pixels. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Djava.awt.headless=true")
public class MaskBenchmark {

    private Mask mask;
    private RunLengthEncoding runs;
    private List<Mask> three;
    private float[] logits;

    @Setup
    public void prepare() {
        mask = Pictures.mask(0);
        runs = RunLengthEncoding.encode(mask);
        three = List.of(mask, Pictures.mask(150), Pictures.mask(-200));
        logits = new float[Pictures.WIDTH * Pictures.HEIGHT];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.sin(i * 0.001);
        }
    }

    @Benchmark
    public Object encodeRuns() {
        return RunLengthEncoding.encode(mask);
    }

    @Benchmark
    public Object decodeRuns() {
        return runs.decode();
    }

    @Benchmark
    public Object countRunsPixelByPixel() {
        return PlainRunLengths.count(mask);
    }

    @Benchmark
    public Object decodeRunsPixelByPixel() {
        return PlainRunLengths.decode(runs);
    }

    @Benchmark
    public Object polygons() {
        return mask.polygons();
    }

    @Benchmark
    public Object contoursPixelByPixel() {
        return PlainContours.of(mask);
    }

    @Benchmark
    public Object labels() {
        return LabelMap.overlapping(mask.width(), mask.height(), three);
    }

    @Benchmark
    public Object labelsPixelByPixel() {
        byte[] labels = new byte[mask.width() * mask.height()];
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                for (int i = 0; i < three.size(); i++) {
                    if (three.get(i).get(x, y)) {
                        labels[y * mask.width() + x] = (byte) (i + 1);
                    }
                }
            }
        }
        return labels;
    }

    @Benchmark
    public Object labelsByProbability() {
        ProbabilityMerger merger = new ProbabilityMerger(mask.width(), mask.height());
        merger.add(1, logits);
        merger.add(2, logits);
        return merger.labels();
    }

    /** The sigmoids of two objects alone. */
    @Benchmark
    public double sigmoids() {
        double sum = 0;
        for (int object = 0; object < 2; object++) {
            for (float logit : logits) {
                sum += 1 / (1 + Math.exp(-logit));
            }
        }
        return sum;
    }
}
