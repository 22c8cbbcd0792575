package io.instructseg.engine.benchmark;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

import javax.imageio.ImageIO;

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

import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.mask.Mask;

/** Reading a picture and writing a mask as PNG, beside ImageIO. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Djava.awt.headless=true")
public class PngBenchmark {

    private byte[] picture;
    private Mask mask;
    private BufferedImage gray;

    @Setup
    public void prepare() throws IOException {
        picture = png(Pictures.buffered(Pictures.picture()));
        mask = Pictures.mask(0);
        gray = ImageIO.read(new ByteArrayInputStream(mask.toPng()));
    }

    @Benchmark
    public Object decode() throws IOException {
        return ImageDecoder.decode(picture, ImageLimits.DEFAULT);
    }

    @Benchmark
    public Object decodeByImageIo() throws IOException {
        return ImageIO.read(new ByteArrayInputStream(picture));
    }

    @Benchmark
    public Object encodeMask() {
        return mask.toPng();
    }

    @Benchmark
    public Object encodeMaskByImageIo() throws IOException {
        return png(gray);
    }

    private static byte[] png(BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}
