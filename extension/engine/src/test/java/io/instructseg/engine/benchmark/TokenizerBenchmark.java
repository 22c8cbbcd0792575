package io.instructseg.engine.benchmark;

import java.io.IOException;
import java.nio.file.Path;
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

import io.instructseg.engine.text.Tokenizer;

/**
 * Tokenizing a long instruction with the official vocabulary, beside GPT-2's own way without its cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Djava.awt.headless=true")
public class TokenizerBenchmark {

    static final String TEXT = "the unusually small, reddish-brown dog that doesn't look at us, 2 metres behind the café's "
            + "second table; whatever could be used to carry 15 kilograms of freshly harvested strawberries home. ";

    private final String text = TEXT.repeat(5);
    private Tokenizer tokenizer;
    private PlainBytePairs plain;

    @Setup
    public void prepare() throws IOException {
        tokenizer = Tokenizer.load(vocabulary());
        plain = new PlainBytePairs(vocabulary());
    }

    static Path vocabulary() {
        return Path.of(System.getProperty("instructseg.test-data"), "golden/phi2-tokenizer/tokenizer");
    }

    @Benchmark
    public int[] encode() {
        return tokenizer.encode(text);
    }

    @Benchmark
    public int[] encodePlainly() {
        return plain.encode(text);
    }
}
