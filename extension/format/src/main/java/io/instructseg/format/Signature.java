package io.instructseg.format;

import static io.instructseg.format.TensorSpec.float32;
import static io.instructseg.format.TensorSpec.int32;
import static io.instructseg.format.TensorSpec.precision;
import static io.instructseg.format.TensorSpec.uint8;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The signatures of a saved model, one for each stage of InstructSeg (arXiv 2412.14006). A SavedModel that has the
 * {@link #required} ones loads, whoever wrote it; {@link #PREFILL} and {@link #DECODE} it has for answers in words.
 * <p>
 * Axes: {@code b} items (a sentence on a picture each), {@code i} pictures: either as many as items (or rows) or 1, shared by
 * all; {@code f} rows of the perceiver, a frame and a sentence each; {@code n} prompt tokens before splicing, {@code r}
 * instruction tokens; {@code k} queries to resolve, {@code height}, {@code width} a picture's size; {@code CLIP} the side of
 * SigLIP's input, {@code P} patch tokens, {@code D} the language model's width, {@code L} perceiver queries, {@code Q} mask
 * queries, {@code S} the side of the backbone's input and {@code S4..S32} that side divided by 4..32, {@code C2..C5} the
 * backbone's channels, {@code C} the pixel decoder's, {@code M} the mask features', {@code H} the mask decoder's width;
 * {@code V} words that the language model chooses from, {@code N} its layers, {@code A} its heads and {@code E} their width;
 * {@code p} tokens of a spliced prompt, {@code t} new ones, {@code u} those between the two, {@code w} all behind the prompt.
 * Feature maps are channels-last. Ids are those of the tokenizer, or the placeholders of the official prompts.
 */
public enum Signature {

    /** SigLIP's hidden state before its last layer, projected. {@code pixels} are RGB bytes; normalised in the graph. */
    ENCODE_VISION("encode_vision",
            List.of(uint8("pixels", "b", "CLIP", "CLIP", "3")),
            List.of(float32("patches", "b", "P", "D"))),

    /** Swin's feature maps. {@code pixels} are RGB bytes, padded right and bottom with 128; normalised in the graph. */
    ENCODE_BACKBONE("encode_backbone",
            List.of(uint8("pixels", "b", "S", "S", "3")),
            List.of(float32("res2", "b", "S4", "S4", "C2"), float32("res3", "b", "S8", "S8", "C3"),
                    float32("res4", "b", "S16", "S16", "C4"), float32("res5", "b", "S32", "S32", "C5"))),

    /** The multi-scale deformable pixel decoder. {@code features_0..2} have strides 32, 16, 8. */
    DECODE_PIXELS("decode_pixels",
            List.of(float32("res2", "b", "S4", "S4", "C2"), float32("res3", "b", "S8", "S8", "C3"),
                    float32("res4", "b", "S16", "S16", "C4"), float32("res5", "b", "S32", "S32", "C5")),
            List.of(float32("mask_features", "b", "S4", "S4", "M"), float32("features_0", "b", "S32", "S32", "C"),
                    float32("features_1", "b", "S16", "S16", "C"), float32("features_2", "b", "S8", "S8", "C"))),

    /**
     * The object-aware video perceiver: for each row the queries attend to a frame's patches and an instruction.
     * {@code instruction_ids} end in {@code [SEG]}; what stands beyond {@code instruction_lengths} has no influence.
     */
    PERCEIVE("perceive",
            List.of(float32("patches", "i", "P", "D"), int32("instruction_ids", "f", "r"),
                    int32("instruction_lengths", "f")),
            List.of(float32("perceived", "f", "L", "D"))),

    /**
     * Splices the prompt's placeholders ({@code <image>} -200, {@code <seg>} -201, {@code <refer>} -204, {@code
     * <temporal>} -205) and runs the language model. {@code perceived} holds the same number of reference frames for
     * each item, an item's frames in a row, in time order. What stands beyond the lengths has no influence.
     */
    REASON("reason",
            List.of(int32("prompt_ids", "b", "n"), int32("prompt_lengths", "b"), int32("instruction_ids", "b", "r"),
                    int32("instruction_lengths", "b"), float32("patches", "i", "P", "D"),
                    float32("perceived", "f", "L", "D")),
            List.of(float32("instruction_states", "b", "r", "D"), float32("query_states", "b", "Q", "D"))),

    /** Vision-guided multi-granularity text fusion, to the embedding that scores the queries. */
    FUSE("fuse",
            List.of(float32("instruction_states", "b", "r", "D"), int32("instruction_lengths", "b"),
                    float32("res5", "i", "S32", "S32", "C5")),
            List.of(float32("score_embedding", "b", "H"))),

    /** The masked-attention decoder: mask and score logits of each query. */
    DECODE_MASKS("decode_masks",
            List.of(float32("query_states", "b", "Q", "D"), float32("score_embedding", "b", "H"),
                    float32("mask_features", "i", "S4", "S4", "M"), float32("features_0", "i", "S32", "S32", "C"),
                    float32("features_1", "i", "S16", "S16", "C"), float32("features_2", "i", "S8", "S8", "C")),
            List.of(float32("mask_logits", "b", "Q", "S4", "S4"), float32("seg_logits", "b", "Q"))),

    /**
     * Masks at a picture's size, for the queries asked for of one item: up to {@code S}, crop to {@code content_size} (height,
     * width), to {@code image_size} (height, width). A score is the sigmoid of the query's logit times the mean foreground
     * probability, so never above that sigmoid. {@code masks} are 1 where the logit is positive.
     */
    RESOLVE_MASKS("resolve_masks",
            List.of(float32("mask_logits", "b", "Q", "S4", "S4"), float32("seg_logits", "b", "Q"), int32("item"),
                    int32("queries", "k"), int32("content_size", "2"), int32("image_size", "2")),
            List.of(float32("scores", "k"), uint8("masks", "k", "height", "width"),
                    float32("resized_logits", "k", "height", "width"))),

    /**
     * Splices a prompt as {@link #REASON} does and runs the language model on it, for the word that follows. {@code logits}
     * are those of the last position, {@code prefix_keys} (rotated) and {@code prefix_values} what the next words attend to.
     * Where the prompt has no placeholder for an input, one row of zeros stands for it; an instruction's length is then 0.
     */
    PREFILL("prefill",
            List.of(int32("prompt_ids", "1", "n"), int32("prompt_lengths", "1"), int32("instruction_ids", "1", "r"),
                    int32("instruction_lengths", "1"), float32("patches", "1", "P", "D"),
                    float32("perceived", "f", "L", "D")),
            List.of(float32("logits", "1", "V"), precision("prefix_keys", "N", "1", "A", "p", "E"),
                    precision("prefix_values", "N", "1", "A", "p", "E"))),

    /**
     * Goes on behind {@link #PREFILL}: {@code t} new tokens, the word that follows them. {@code keys} and {@code values} are
     * those of the tokens between the prompt and the new ones, none at first; given back, they have the new ones, too.
     */
    DECODE("decode",
            List.of(int32("token_ids", "1", "t"), precision("prefix_keys", "N", "1", "A", "p", "E"),
                    precision("prefix_values", "N", "1", "A", "p", "E"), precision("keys", "N", "1", "A", "u", "E"),
                    precision("values", "N", "1", "A", "u", "E")),
            List.of(float32("logits", "1", "V"), precision("keys", "N", "1", "A", "w", "E"),
                    precision("values", "N", "1", "A", "w", "E")));

    /** Scope, within that of a signature, of what stores keys and values in models that we convert. */
    public static final String CACHE_SCOPE = "key_value_cache";

    private static final Set<Signature> REQUIRED = Collections
            .unmodifiableSet(EnumSet.complementOf(EnumSet.of(PREFILL, DECODE)));

    private final String key;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;

    Signature(String key, List<TensorSpec> inputs, List<TensorSpec> outputs) {
        this.key = key;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** The signatures of segmentation, which every model has. The others a model has all, or none. */
    public static Set<Signature> required() {
        return REQUIRED;
    }

    /** The signature's key in the SavedModel, and the scope of its operations in models that we convert. */
    public String key() {
        return key;
    }

    public List<TensorSpec> inputs() {
        return inputs;
    }

    public List<TensorSpec> outputs() {
        return outputs;
    }
}
