package io.instructseg.engine.benchmark;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
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

import io.instructseg.engine.image.PillowResize;
import io.instructseg.engine.image.RgbImage;

/**
 * Resizing to the two inputs of the official size, exactly as Pillow, beside Java2D, which takes one sample of a neighbourhood.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Djava.awt.headless=true")
public class ResizeBenchmark {

    private RgbImage image;
    private BufferedImage buffered;

    @Setup
    public void prepare() {
        image = Pictures.picture();
        buffered = Pictures.buffered(image);
    }

    @Benchmark
    public Object bicubic() {
        return PillowResize.bicubic(image, 384, 384);
    }

    @Benchmark
    public Object bicubicOfJava2d() {
        return java2d(384, 384, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    }

    @Benchmark
    public Object bilinear() {
        return PillowResize.bilinear(image, 1024, 768);
    }

    @Benchmark
    public Object bilinearOfJava2d() {
        return java2d(1024, 768, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    }

    private BufferedImage java2d(int width, int height, Object interpolation) {
        BufferedImage resized = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = resized.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, interpolation);
        graphics.drawImage(buffered, 0, 0, width, height, null);
        graphics.dispose();
        return resized;
    }
}
