package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.instructseg.cli.benchmark.PictureReport.Limits;
import io.instructseg.engine.session.MatrixProduct;
import io.instructseg.format.Precision;

/**
 * Answers to one sentence, to several and in words, again and again. What the machine gives is measured in turn with them, so
 * that all see it in the same minutes.
 */
final class PictureRounds {

    private final PictureRequest request;
    private final int sentences;
    private final Optional<WordsRequest> words;
    private final AnsweringMemory memory;
    private final Watcher watcher;

    /**
     * What rounds have shown; answers in words keep their times themselves.
     *
     * @param precision of the matrix product
     * @param products its rates, one in front of each answer
     * @param readings rates of reading memory, one a round
     */
    record Measured(Precision precision, List<PictureRequest.Times> one, List<PictureRequest.Times> several,
            List<Double> products, List<Double> readings) {

        Limits limits() {
            return new Limits(precision, Samples.median(products), Samples.largest(products), Samples.median(readings));
        }
    }

    /**
     * @param sentences how many are several
     * @param words if the model has any
     * @param memory watches each answer
     */
    PictureRounds(PictureRequest request, int sentences, Optional<WordsRequest> words, AnsweringMemory memory,
            Watcher watcher) {
        this.request = request;
        this.sentences = sentences;
        this.words = words;
        this.memory = memory;
        this.watcher = watcher;
    }

    FirstAnswers first() throws IOException {
        watcher.step("first answer");
        PictureRequest.Times one = memory.watch(() -> request.run(1));
        watcher.step("first answer, sentences: " + sentences);
        PictureRequest.Times several = memory.watch(() -> request.run(sentences));
        long most = memory.most();
        return new FirstAnswers(one, several, most, words.isPresent() ? firstInWords(words.get()) : 0);
    }

    /** Seconds, which don't count among the later ones. */
    private double firstInWords(WordsRequest inWords) throws IOException {
        watcher.step("first answer in words");
        double seconds = memory.watch(inWords::run).values().stream().mapToDouble(Double::doubleValue).sum();
        inWords.forget();
        return seconds;
    }

    /** @param precision of the matrix product */
    Measured measure(int rounds, Precision precision) throws IOException {
        Measured measured = new Measured(precision, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        MemoryBandwidth bandwidth = new MemoryBandwidth();
        bandwidth.rate();
        try (MatrixProduct product = new MatrixProduct(precision)) {
            product.rate();
            memory.hold(bandwidth.bytes() + product.bytes());
            for (int round = 0; round < rounds; round++) {
                measureProduct(product, measured, rounds);
                measured.one().add(memory.watch(() -> request.run(1)));
                measureProduct(product, measured, rounds);
                measured.several().add(memory.watch(() -> request.run(sentences)));
                measured.readings().add(bandwidth.rate());
                if (words.isPresent()) {
                    measureProduct(product, measured, rounds);
                    memory.watch(words.get()::run);
                }
            }
        }
        return measured;
    }

    /** In front of an answer. */
    private void measureProduct(MatrixProduct product, Measured measured, int rounds) {
        watcher.update("warm answers", measured.products().size(), (words.isPresent() ? 3L : 2L) * rounds);
        measured.products().add(product.rate());
    }
}
