package io.instructseg.cli.benchmark;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.format.Precision;

/**
 * What a picture takes. Times are in seconds, sizes in bytes; what the system doesn't tell is 0.
 *
 * @param words null if the model has none
 * @param gaps of an answer to one sentence, then of one in words
 */
public record PictureReport(Conditions conditions, Model model, Limits limits, Memory memory, List<Answer> answers,
        Words words, List<Gap> gaps) implements Report {

    /** What answered: its weights and the picture, the prompt's tokens with all that is spliced in. */
    public record Model(String name, String precision, long parameters, int width, int height, int promptTokens) {
    }

    /**
     * What the machine gives in the same run.
     *
     * @param precision of the matrix product: the one in which the model's products run here
     * @param matrixProduct operations a second of a plain product: in front of each answer the best of several in a row, of
     *        these the median
     * @param bestMatrixProduct the best of all
     * @param memoryRead bytes a second that all cores read together, the median
     */
    public record Limits(Precision precision, double matrixProduct, double bestMatrixProduct, double memoryRead) {
    }

    /**
     * Resident memory.
     *
     * @param loadSeconds for the weights' bytes
     * @param picturePeak in the first answers with masks, before any in words
     * @param answeringPeak in any answer, without what is there only to measure
     */
    public record Memory(double loadSeconds, long weights, long before, long loaded, long loadingPeak, long picturePeak,
            long answeringPeak) {
    }

    /** Answers to so many sentences; the last stage is the whole. */
    public record Answer(int sentences, int rounds, List<Stage> stages) {
    }

    /**
     * What a stage took.
     *
     * @param cold the first time after loading
     * @param warm the median
     * @param flops counted from the model's sizes
     * @param rate operations a second, warm
     * @param share of the matrix product's rate, 0 to 1 or so
     * @param weightBytes that it reads
     * @param tensorBytes that enter and leave it
     */
    public record Stage(String name, double cold, double warm, double flops, double rate, double share, long weightBytes,
            long tensorBytes) {
    }

    /**
     * What an answer in words takes, medians.
     *
     * @param promptTokens that are read first
     * @param prefillFloor the operations at the matrix product's rate
     * @param tokens that were made, all together
     * @param tokenSeconds of one token
     * @param tokenWeightBytes weights that a token reads
     * @param tokenCacheBytes keys and values of the tokens before it that it reads, on average
     * @param tokenFloor both at the rate of reading memory
     */
    public record Words(int promptTokens, double prefillSeconds, double prefillFlops, double prefillFloor, int tokens,
            double tokenSeconds, double tokenFlops, long tokenWeightBytes, long tokenCacheBytes, double tokenFloor) {
    }

    /**
     * Where a stage's time went in a recorded request.
     *
     * @param floor its operations at the rate of the matrix product
     * @param kinds by {@link OperationKind}
     * @param between passed within the steps without any operation
     * @param around passed around the steps: tensors in and out
     */
    public record Gap(String name, double seconds, double floor, Map<OperationKind, Double> kinds, double between,
            double around) {
    }

    @Override
    public String text() {
        return new PictureTable(this).text();
    }

    @Override
    public ObjectNode json() {
        return Reports.json(this);
    }
}
