package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;

import io.instructseg.model.graph.BatchProduct;
import io.instructseg.tensorflow.Processor;

class AttentionProductsTest {

    private static final Shape LEFT = Shape.of(2, 3, 5, 7);
    private static final Shape RIGHT = Shape.of(2, 3, 4, 7);

    /** The attributes are those that TensorFlow expects, and the result is the same product. */
    @Test
    void areTheSameByEitherOperation() {
        GraphDef.Builder graph = graph().toBuilder();
        AttentionProducts.leaveToTensorFlow(graph);
        assertThat(graph.getNodeList()).filteredOn(node -> node.getName().equals("BatchMatMulV2")).singleElement()
                .satisfies(node -> assertThat(node.getOp()).isEqualTo("BatchMatMulV3"));
        assertThat(run(graph.build())).usingComparatorWithPrecision(1e-5f).containsExactly(run(graph()));
    }

    @Test
    void areTensorFlowsOwnWithAvx512Only() {
        assertThat(AttentionProducts.slowWithOneDnn(new Processor("", Set.of("avx2", "avx512f")))).isTrue();
        assertThat(AttentionProducts.slowWithOneDnn(new Processor("", Set.of("avx2")))).isFalse();
    }

    private static GraphDef graph() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            BatchProduct.ofTransposed(tf, tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(LEFT)),
                    tf.withName("y").placeholder(TFloat32.class, Placeholder.shape(RIGHT)));
            return graph.toGraphDef();
        }
    }

    private static float[] run(GraphDef definition) {
        Random random = new Random(5);
        try (Graph graph = new Graph()) {
            graph.importGraphDef(definition);
            try (Session session = new Session(graph);
                    TFloat32 x = normal(random, LEFT);
                    TFloat32 y = normal(random, RIGHT);
                    TFloat32 product = (TFloat32) session.runner().feed("x", x).feed("y", y).fetch("BatchMatMulV2").run()
                            .get(0)) {
                float[] copy = new float[(int) product.size()];
                product.copyTo(NdArrays.wrap(product.shape(), DataBuffers.of(copy)));
                return copy;
            }
        }
    }

    private static TFloat32 normal(Random random, Shape shape) {
        float[] numbers = new float[(int) shape.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return TFloat32.tensorOf(shape, DataBuffers.of(numbers));
    }
}
