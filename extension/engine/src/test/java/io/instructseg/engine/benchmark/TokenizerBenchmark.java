package io.instructseg.engine.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
 * Tokenizing a long instruction with the official vocabulary, beside merely splitting it into words by the official pattern.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Djava.awt.headless=true")
public class TokenizerBenchmark {

    private static final Pattern WORD = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");
    private static final String TEXT = "the unusually small, reddish-brown dog that doesn't look at us, 2 metres behind the café's "
            + "second table; whatever could be used to carry 15 kilograms of freshly harvested strawberries home. ";

    private final String text = TEXT.repeat(5);
    private Tokenizer tokenizer;

    @Setup
    public void prepare() throws IOException {
        tokenizer = Tokenizer.load(Path.of(System.getProperty("instructseg.test-data"), "golden/phi2-tokenizer/tokenizer"));
    }

    @Benchmark
    public int[] encode() {
        return tokenizer.encode(text);
    }

    @Benchmark
    public int splitByPattern() {
        Matcher words = WORD.matcher(text);
        int length = 0;
        while (words.find()) {
            length += words.group().length();
        }
        return length;
    }
}
