package io.instructseg.model;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

import org.tensorflow.Graph;
import org.tensorflow.op.Ops;

import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Precision;
import io.instructseg.format.Signature;
import io.instructseg.model.graph.Weights;
import io.instructseg.model.mask2former.MaskDecoder;
import io.instructseg.model.mask2former.PixelDecoder;
import io.instructseg.model.siglip.VisionEncoder;

/**
 * The whole model as a TensorFlow graph (official {@code InstructSeg.eval_seg} in {@code language_model/llava_phi.py}): each
 * {@link Signature} reads placeholders and gives named tensors, and nothing connects the signatures but whoever runs them.
 * Weights are resource variables under their names in the checkpoint.
 */
public final class InstructSegGraph {

    private final Hyperparameters hyperparameters;
    private final Ops tf;
    private final Weights weights;

    private InstructSegGraph(Graph graph, Hyperparameters hyperparameters, Precision precision) {
        this.hyperparameters = hyperparameters;
        this.tf = Ops.create(graph);
        this.weights = new Weights(tf, precision);
    }

    /** Adds all signatures to an empty graph. */
    public static InstructSegGraph build(Graph graph, Hyperparameters hyperparameters, Precision precision) {
        InstructSegGraph model = new InstructSegGraph(graph, hyperparameters, precision);
        model.stage(Signature.ENCODE_VISION, model::encodeVision);
        model.stage(Signature.DECODE_PIXELS, model::decodePixels);
        model.stage(Signature.DECODE_MASKS, model::decodeMasks);
        return model;
    }

    /** The weights that the graph needs, in the order in which it uses them. */
    public Collection<Weight> weights() {
        return weights.declared();
    }

    /** Name of the operation (output 0) that takes or gives a signature's tensor. */
    public static String operation(Signature signature, String tensor) {
        return Stage.tensorName(signature, tensor);
    }

    private void stage(Signature signature, Consumer<Stage> body) {
        body.accept(new Stage(signature, hyperparameters, tf, weights));
    }

    private void encodeVision(Stage stage) {
        VisionEncoder encoder = new VisionEncoder(stage.block(), hyperparameters.visionEncoder(),
                hyperparameters.languageModel().hiddenSize());
        stage.output("patches", encoder.encode(stage.bytes("pixels")));
    }

    private void decodePixels(Stage stage) {
        PixelDecoder decoder = new PixelDecoder(stage.block(), hyperparameters.pixelDecoder(),
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
        MaskDecoder.Predictions predictions = new MaskDecoder(stage.block(), hyperparameters.maskDecoder())
                .decode(stage.floats("query_states"), stage.floats("score_embedding"), features);
        stage.output("mask_logits", predictions.maskLogits());
        stage.output("seg_logits", predictions.segLogits());
    }
}
