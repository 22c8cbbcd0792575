package io.instructseg.model.phi;

import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Placeholders;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/**
 * Replaces the prompt's placeholders by embeddings (official {@code concat_image_seg_cls_embeds}). Each prompt token
 * knows how many embeddings it becomes; from their running sum, each position of the spliced prompt finds its token.
 * Each of {@code <refer>} and {@code <seg>} stands once in a prompt.
 */
public final class PromptSplicer {

    private final Block block;
    private final Ops tf;
    private final Hyperparameters parameters;
    private final Operand<TInt32> promptIds;
    private final Operand<TInt32> instructionIds;
    private final Operand<TInt32> instructionLengths;
    private final Operand<TFloat32> patches;
    private final Operand<TFloat32> perceived;
    /** Embeddings that each prompt token becomes, and where they begin and end: {@code [b, n]}. */
    private final Operand<TInt32> counts;
    private final Operand<TInt32> starts;
    private final Operand<TInt32> ends;

    /**
     * @param block the whole model's weights
     * @param promptIds {@code [b, n]}
     * @param promptLengths {@code [b]}
     * @param instructionIds {@code [b, r]}
     * @param instructionLengths {@code [b]}
     * @param patches {@code [b or 1, p, d]}
     * @param perceived {@code [b * t, l, d]}
     */
    public PromptSplicer(Block block, Hyperparameters parameters, Operand<TInt32> promptIds, Operand<TInt32> promptLengths,
            Operand<TInt32> instructionIds, Operand<TInt32> instructionLengths, Operand<TFloat32> patches,
            Operand<TFloat32> perceived) {
        this.block = block;
        this.tf = block.tf();
        this.parameters = parameters;
        this.promptIds = Shapes.zeroBeyond(tf, promptIds, promptLengths);
        this.instructionIds = instructionIds;
        this.instructionLengths = instructionLengths;
        Operand<TInt32> items = Shapes.size(tf, promptIds, 0);
        int width = parameters.languageModel().hiddenSize();
        this.patches = Shapes.broadcastRows(tf, patches, items);
        // [b * t, l, d] to [b, t * l, d]: an item's frames follow each other
        this.perceived = Shapes.reshape(tf, perceived, items, -1, width);
        this.counts = Shapes.zeroBeyond(tf, counts(), promptLengths);
        this.ends = tf.math.cumsum(counts, tf.constant(1));
        this.starts = tf.math.sub(ends, counts);
    }

    /** The embeddings of the spliced prompts {@code [b, spliced, d]}; shorter items are padded on the right. */
    public Operand<TFloat32> embeddings() {
        Operand<TInt32> tokens = tokens();
        Operand<TInt32> ids = take(promptIds, tokens);
        Operand<TInt32> offsets = tf.math.sub(positions(), take(starts, tokens));
        Operand<TFloat32> visual = tf.gather(visualTable(), visualRows(ids, offsets), tf.constant(1), Gather.batchDims(1L));
        Operand<TFloat32> text = text(ids, offsets);
        var isText = tf.math.logicalOr(is(ids, Placeholders.REFER), tf.math.greaterEqual(ids, tf.constant(0)));
        return block.tap("inputs_embeds", tf.select(tf.expandDims(isText, tf.constant(2)), text, visual));
    }

    /** Positions of the instruction's tokens {@code [b, r]}; those beyond its length are meaningless, but exist. */
    public Operand<TInt32> instructionPositions() {
        Operand<TInt32> places = positionsOf(Placeholders.REFER, Shapes.size(tf, instructionIds, 1));
        return tf.math.minimum(places, tf.math.sub(length(), tf.constant(1)));
    }

    /** Positions of the mask queries {@code [b, q]}. */
    public Operand<TInt32> queryPositions() {
        return positionsOf(Placeholders.SEG, tf.constant(parameters.maskDecoder().queries()));
    }

    private Operand<TInt32> counts() {
        Operand<TInt32> one = tf.onesLike(promptIds);
        Operand<TInt32> counts = replace(one, Placeholders.IMAGE, tf.constant(parameters.visionEncoder().patches()));
        counts = replace(counts, Placeholders.SEG, tf.constant(parameters.maskDecoder().queries()));
        counts = replace(counts, Placeholders.REFER, tf.expandDims(instructionLengths, tf.constant(1)));
        return replace(counts, Placeholders.TEMPORAL, Shapes.size(tf, perceived, 1));
    }

    private Operand<TInt32> replace(Operand<TInt32> counts, int placeholder, Operand<TInt32> count) {
        return tf.select(is(promptIds, placeholder), count, counts);
    }

    private Operand<TInt32> length() {
        return tf.reduceMax(ends, tf.constant(new int[] { 0, 1 }));
    }

    /** {@code 0, 1, ..} for each item: {@code [b, spliced]}. */
    private Operand<TInt32> positions() {
        Operand<TInt32> range = tf.range(tf.constant(0), length(), tf.constant(1));
        return tf.broadcastTo(range, Shapes.of(tf, Shapes.size(tf, promptIds, 0), length()));
    }

    /** The prompt token that each position belongs to {@code [b, spliced]}; the last one for padding. */
    private Operand<TInt32> tokens() {
        Operand<TInt32> last = tf.math.sub(Shapes.size(tf, promptIds, 1), tf.constant(1));
        return tf.math.minimum(tf.upperBound(ends, positions()), last);
    }

    /** What the three placeholders stand for, in a row: {@code [b, p + t * l + q, d]}. */
    private Operand<TFloat32> visualTable() {
        int queries = parameters.maskDecoder().queries();
        int width = parameters.languageModel().hiddenSize();
        Operand<TFloat32> query = Shapes.reshape(tf, block.parameter("seg_query", queries, width), 1, queries, width);
        return tf.concat(List.of(patches, perceived, Shapes.broadcastRows(tf, query, Shapes.size(tf, promptIds, 0))),
                tf.constant(1));
    }

    private Operand<TInt32> visualRows(Operand<TInt32> ids, Operand<TInt32> offsets) {
        Operand<TInt32> temporalStart = tf.constant(parameters.visionEncoder().patches());
        Operand<TInt32> queryStart = tf.math.add(temporalStart, Shapes.size(tf, perceived, 1));
        Operand<TInt32> rows = tf.select(is(ids, Placeholders.TEMPORAL), tf.math.add(offsets, temporalStart), offsets);
        rows = tf.select(is(ids, Placeholders.SEG), tf.math.add(offsets, queryStart), rows);
        // padding lies behind the last token's embeddings, maybe behind the table, too
        Operand<TInt32> lastRow = tf.math.add(queryStart, tf.constant(parameters.maskDecoder().queries() - 1));
        return tf.math.minimum(rows, lastRow);
    }

    /** Embeddings of ordinary tokens and of the instruction's {@code [b, spliced, d]}; any for visual positions. */
    private Operand<TFloat32> text(Operand<TInt32> ids, Operand<TInt32> offsets) {
        Operand<TInt32> lastToken = tf.math.sub(Shapes.size(tf, instructionIds, 1), tf.constant(1));
        Operand<TInt32> own = Shapes.zeroBeyond(tf, instructionIds, instructionLengths);
        Operand<TInt32> instruction = take(own, tf.math.minimum(offsets, lastToken));
        Operand<TInt32> words = tf.select(is(ids, Placeholders.REFER), instruction, tf.math.maximum(ids, tf.constant(0)));
        return new LanguageModel(block, parameters.languageModel()).embeddings(words);
    }

    private Operand<TInt32> positionsOf(int placeholder, Operand<TInt32> count) {
        Operand<TInt32> start = tf.reduceMax(tf.select(is(promptIds, placeholder), starts, tf.zerosLike(starts)),
                tf.constant(1));
        return tf.math.add(tf.expandDims(start, tf.constant(1)), tf.range(tf.constant(0), count, tf.constant(1)));
    }

    private Operand<TBool> is(Operand<TInt32> ids, int placeholder) {
        return tf.math.equal(ids, tf.constant(placeholder));
    }

    private Operand<TInt32> take(Operand<TInt32> rows, Operand<TInt32> indices) {
        return tf.gather(rows, indices, tf.constant(1), Gather.batchDims(1L));
    }
}
