package io.instructseg.model;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Precision;
import io.instructseg.format.Signature;
import io.instructseg.model.fusion.VisionGuidedTextFusion;
import io.instructseg.model.graph.Rows;
import io.instructseg.model.graph.Shapes;
import io.instructseg.model.graph.Weight;
import io.instructseg.model.graph.Weights;
import io.instructseg.model.mask2former.MaskDecoder;
import io.instructseg.model.mask2former.PixelDecoder;
import io.instructseg.model.perceiver.ObjectAwareVideoPerceiver;
import io.instructseg.model.phi.KeyValueCache;
import io.instructseg.model.phi.KeyValueCache.Stored;
import io.instructseg.model.phi.LanguageModel;
import io.instructseg.model.phi.PromptSplicer;
import io.instructseg.model.resolution.MaskResolution;
import io.instructseg.model.siglip.VisionEncoder;
import io.instructseg.model.swin.SwinTransformer;

/**
 * The whole model as a TensorFlow graph (official {@code InstructSeg.eval_seg} in {@code language_model/llava_phi.py}): each
 * {@link Signature} reads placeholders and gives named tensors, and nothing connects the signatures but whoever runs them.
 * Weights are resource variables under their names in the checkpoint.
 */
public final class InstructSegGraph {

    private final Hyperparameters hyperparameters;
    private final Ops tf;
    private final Weights weights;
    private final Set<Signature> signatures = EnumSet.noneOf(Signature.class);

    private InstructSegGraph(Graph graph, Hyperparameters hyperparameters, Precision precision) {
        this.hyperparameters = hyperparameters;
        this.tf = Ops.create(graph);
        this.weights = new Weights(tf, precision);
    }

    /**
     * Adds the signatures to an empty graph: the required ones, and those for words if the model has a vocabulary projection.
     */
    public static InstructSegGraph build(Graph graph, Hyperparameters hyperparameters, Precision precision) {
        InstructSegGraph model = new InstructSegGraph(graph, hyperparameters, precision);
        model.stage(Signature.ENCODE_VISION, model::encodeVision);
        model.stage(Signature.ENCODE_BACKBONE, model::encodeBackbone);
        model.stage(Signature.DECODE_PIXELS, model::decodePixels);
        model.stage(Signature.PERCEIVE, model::perceive);
        model.stage(Signature.REASON, model::reason);
        model.stage(Signature.FUSE, model::fuse);
        model.stage(Signature.DECODE_MASKS, model::decodeMasks);
        model.stage(Signature.RESOLVE_MASKS, model::resolveMasks);
        if (hyperparameters.languageModel().speaks()) {
            model.stage(Signature.PREFILL, model::prefill);
            model.stage(Signature.DECODE, stage -> model.decode(stage, model.weights.type()));
        }
        return model;
    }

    /** The weights that the graph needs, in the order in which it uses them. */
    public Collection<Weight> weights() {
        return weights.declared();
    }

    /** What the model has. */
    public Set<Signature> signatures() {
        return Collections.unmodifiableSet(signatures);
    }

    /** Name of the operation (output 0) that gives a signature's tensor, be it an output or one within it. */
    public static String operation(Signature signature, String tensor) {
        return Stage.tensorName(signature, tensor);
    }

    /** Name of the operation that takes an input of a signature. */
    public static String placeholder(Signature signature, String input) {
        return Stage.placeholderName(signature, input);
    }

    private void stage(Signature signature, Consumer<Stage> body) {
        signatures.add(signature);
        body.accept(new Stage(signature, hyperparameters, tf, weights));
    }

    private void encodeVision(Stage stage) {
        VisionEncoder encoder = new VisionEncoder(stage.block(), hyperparameters.visionEncoder(),
                hyperparameters.languageModel().hiddenSize());
        stage.output("patches", encoder.encode(stage.bytes("pixels")));
    }

    private void perceive(Stage stage) {
        ObjectAwareVideoPerceiver perceiver = new ObjectAwareVideoPerceiver(stage.block(), hyperparameters);
        stage.output("perceived", perceiver.perceive(stage.floats("patches"), stage.ints("instruction_ids"),
                stage.ints("instruction_lengths")));
    }

    private void reason(Stage stage) {
        Operand<TInt32> instructionIds = stage.ints("instruction_ids");
        PromptSplicer prompt = prompt(stage, instructionIds);
        Operand<TInt32> positions = stage.block().tf().concat(
                List.of(prompt.instructionPositions(), prompt.queryPositions()), stage.block().tf().constant(1));
        LanguageModel language = new LanguageModel(stage.block(), hyperparameters.languageModel());
        Operand<TFloat32> states = language.hiddenStates(prompt.embeddings(), positions);
        Operand<TInt32> instruction = Shapes.size(stage.block().tf(), instructionIds, 1);
        stage.output("instruction_states", Shapes.rows(stage.block().tf(), states, 0, instruction));
        stage.output("query_states",
                Shapes.rows(stage.block().tf(), states, instruction, hyperparameters.maskDecoder().queries()));
    }

    private PromptSplicer prompt(Stage stage, Operand<TInt32> instructionIds) {
        return new PromptSplicer(stage.block(), hyperparameters, stage.ints("prompt_ids"), stage.ints("prompt_lengths"),
                instructionIds, stage.ints("instruction_lengths"), stage.floats("patches"), stage.floats("perceived"));
    }

    private void prefill(Stage stage) {
        PromptSplicer prompt = prompt(stage, stage.ints("instruction_ids"));
        KeyValueCache<?> cache = KeyValueCache.empty(stage.block().tf(), weights.type());
        LanguageModel language = new LanguageModel(stage.block(), hyperparameters.languageModel());
        stage.output("logits", language.nextWord(prompt.embeddings(), cache));
        Stored<?> added = cache.added();
        stage.output("prefix_keys", added.keys());
        stage.output("prefix_values", added.values());
    }

    private <T extends TNumber> void decode(Stage stage, Class<T> type) {
        Stored<T> prefix = new Stored<>(stage.precise("prefix_keys", type), stage.precise("prefix_values", type));
        Stored<T> tail = new Stored<>(stage.precise("keys", type), stage.precise("values", type));
        KeyValueCache<T> cache = KeyValueCache.of(stage.block().tf(), type, List.of(prefix, tail));
        LanguageModel language = new LanguageModel(stage.block(), hyperparameters.languageModel(), Rows.FEW);
        stage.output("logits", language.nextWord(language.embeddings(stage.ints("token_ids")), cache));
        Stored<T> grown = cache.followedByAdded(tail);
        stage.output("keys", grown.keys());
        stage.output("values", grown.values());
    }

    private void fuse(Stage stage) {
        VisionGuidedTextFusion fusion = new VisionGuidedTextFusion(stage.block(), hyperparameters);
        stage.output("score_embedding", fusion.fuse(stage.floats("instruction_states"), stage.ints("instruction_lengths"),
                stage.floats("res5")));
    }

    private void encodeBackbone(Stage stage) {
        SwinTransformer backbone = new SwinTransformer(stage.block(), hyperparameters.backbone());
        List<Operand<TFloat32>> maps = backbone.encode(stage.bytes("pixels"));
        for (int i = 0; i < maps.size(); i++) {
            stage.output("res" + (i + 2), maps.get(i));
        }
    }

    private void resolveMasks(Stage stage) {
        MaskResolution resolution = new MaskResolution(stage.block().tf(), hyperparameters.backbone().imageSize());
        Operand<TInt32> selection = resolution.select(stage.ints("item"), stage.ints("queries"));
        Operand<TFloat32> logits = resolution.resize(stage.floats("mask_logits"), selection, stage.ints("content_size"),
                stage.ints("image_size"));
        stage.output("scores", resolution.scores(stage.floats("seg_logits"), selection, logits));
        stage.output("masks", resolution.masks(logits));
        stage.output("resized_logits", logits);
    }

    private void decodePixels(Stage stage) {
        PixelDecoder decoder = new PixelDecoder(stage.block().exact(), hyperparameters.pixelDecoder(),
                hyperparameters.maskDecoder().maskSize());
        PixelDecoder.Features features = decoder.decode(
                List.of(stage.floats("res2"), stage.floats("res3"), stage.floats("res4"), stage.floats("res5")));
        stage.output("mask_features", features.maskFeatures());
        for (int level = 0; level < features.maps().size(); level++) {
            stage.output("features_" + level, features.maps().get(level));
        }
    }

    private void decodeMasks(Stage stage) {
        PixelDecoder.Features features = new PixelDecoder.Features(stage.floats("mask_features"),
                List.of(stage.floats("features_0"), stage.floats("features_1"), stage.floats("features_2")));
        MaskDecoder.Predictions predictions = new MaskDecoder(stage.block().exact(), hyperparameters.maskDecoder())
                .decode(stage.floats("query_states"), stage.floats("score_embedding"), features);
        stage.output("mask_logits", predictions.maskLogits());
        stage.output("seg_logits", predictions.segLogits());
    }
}
