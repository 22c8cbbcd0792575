package io.instructseg.conversion;

import java.util.Collection;
import java.util.List;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Precision;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Weight;
import io.instructseg.model.graph.Weights;
import io.instructseg.model.phi.LanguageModel;
import io.instructseg.model.swin.SwinTransformer;

/** A Phi-2 layer, a Swin-B stage and a matrix product, of the official size, in one graph. */
final class BenchmarkGraph {

    static final int TOKENS = 1024;
    static final int WIDTH = 2560;
    private static final int INTERMEDIATE = 10240;
    private static final int SIDE = 1024;
    private static final int CHANNELS = 128;
    private static final int WINDOW = 12;

    private final Weights weights;

    /** What is timed: fetches one small tensor that needs the whole layer. */
    record Task(String name, double flops, String input, Tensor value, String target) {

        void run(Session session) {
            session.runner().feed(input, value).addTarget(target).run().close();
        }
    }

    BenchmarkGraph(Graph graph, Precision precision) {
        Ops tf = Ops.create(graph);
        weights = new Weights(tf, precision);
        product(Block.root(tf.withSubScope("product"), weights));
        languageModel(Block.root(tf.withSubScope("phi"), weights));
        backbone(Block.root(tf.withSubScope("swin"), weights));
    }

    Collection<Weight> weights() {
        return weights.declared();
    }

    List<Task> tasks() {
        Tensor states = TFloat32.tensorOf(Shape.of(1, TOKENS, WIDTH), data -> data.scalars().forEachIndexed(
                (index, value) -> value.setFloat((float) Math.sin(index[1] * 0.37 + index[2]))));
        Tensor rows = TFloat32.tensorOf(Shape.of(TOKENS, WIDTH), data -> data.scalars().forEachIndexed(
                (index, value) -> value.setFloat((float) Math.sin(index[0] * 0.37 + index[1]))));
        Tensor pixels = TUint8.tensorOf(Shape.of(1, SIDE, SIDE, 3));
        return List.of(
                new Task("matrix product 1024 x 2560 x 10240", 2.0 * TOKENS * WIDTH * INTERMEDIATE, "product/x", rows,
                        "product/out"),
                new Task("Phi-2 layer, 1024 tokens", layerFlops(), "phi/x", states, "phi/layer.0"),
                new Task("Swin-B patches and stage 1 (2 blocks)", stageFlops(), "swin/x", pixels, "swin/stage.0.pre_norm"));
    }

    private void product(Block block) {
        Operand<TFloat32> x = block.tf().withName("x").placeholder(TFloat32.class,
                Placeholder.shape(Shape.of(TOKENS, WIDTH)));
        block.tap("out", block.linearWithoutBias("product", x, INTERMEDIATE));
    }

    private void languageModel(Block block) {
        Operand<TFloat32> x = block.tf().withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, WIDTH)));
        Operand<TInt32> positions = block.tf().constant(new int[][] { { 0 } });
        // two layers, since the last one runs on chosen positions only: the first is timed
        new LanguageModel(block, new Hyperparameters.LanguageModel(WIDTH, INTERMEDIATE, 2, 32, 32, 10000, 1e-5f, 1, 0))
                .hiddenStates(x, positions);
    }

    private void backbone(Block block) {
        Operand<TUint8> x = block.tf().withName("x").placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, SIDE, SIDE, 3)));
        new SwinTransformer(block, new Hyperparameters.Backbone(SIDE, CHANNELS, List.of(2, 1, 1, 1), List.of(4, 8, 16, 32),
                WINDOW, List.of(512, 1024, 2048, 4096))).encode(x);
    }

    /** Four square projections, the MLP, and the two products of attention. */
    private static double layerFlops() {
        return 2.0 * TOKENS * (4.0 * WIDTH * WIDTH + 2.0 * WIDTH * INTERMEDIATE) + 4.0 * TOKENS * TOKENS * WIDTH;
    }

    /** Attention runs on windows, which pad the map from 256 to 264 tokens a side. */
    private static double stageFlops() {
        double tokens = SIDE / 4.0 * SIDE / 4;
        double padded = 264.0 * 264;
        double patches = 2 * tokens * 48 * CHANNELS;
        double attention = 2 * padded * 4 * CHANNELS * CHANNELS + 4 * padded * WINDOW * WINDOW * CHANNELS;
        return patches + 2 * (attention + 2 * tokens * 8 * CHANNELS * CHANNELS);
    }
}
