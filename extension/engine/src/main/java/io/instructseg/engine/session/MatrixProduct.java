package io.instructseg.engine.session;

import java.util.concurrent.TimeUnit;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

import io.instructseg.format.Precision;

/**
 * A plain product of the size of a Phi-2 layer's, factors and result in one precision: the floor for what a model can take on a
 * machine at the moment.
 */
public final class MatrixProduct implements AutoCloseable {

    static {
        TensorFlowLibrary.prepare();
    }

    private static final int ROWS = 1024;
    private static final int INNER = 2560;
    private static final int COLUMNS = 10240;

    private final Graph graph = new Graph();
    private final Session session;
    private final Tensor left;
    private final Tensor right;

    public MatrixProduct(Precision precision) {
        Ops tf = Ops.create(graph);
        build(tf, type(precision));
        session = new Session(graph);
        left = values(ROWS, INNER);
        right = values(INNER, COLUMNS);
    }

    private static Class<? extends TNumber> type(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> TFloat32.class;
            case BFLOAT16 -> TBfloat16.class;
            case FLOAT16 -> TFloat16.class;
        };
    }

    private static <T extends TNumber> void build(Ops tf, Class<T> type) {
        Operand<TFloat32> values = tf.withName("values").placeholder(TFloat32.class);
        tf.withName("cast").dtypes.cast(values, type);
        Operand<T> a = tf.withName("a").placeholder(type);
        Operand<T> b = tf.withName("b").placeholder(type);
        tf.withName("product").linalg.matMul(a, b);
    }

    /** Small whole numbers, the same in any precision. */
    private Tensor values(int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 - 3;
        }
        try (TFloat32 tensor = TFloat32.tensorOf(Shape.of(rows, columns), DataBuffers.of(values))) {
            return session.runner().feed("values", tensor).fetch("cast").run().get(0);
        }
    }

    /** Runs it once: floating-point operations a second. */
    public double rate() {
        long start = System.nanoTime();
        session.runner().feed("a", left).feed("b", right).addTarget("product").run().close();
        return 2.0 * ROWS * INNER * COLUMNS / (System.nanoTime() - start) * TimeUnit.SECONDS.toNanos(1);
    }

    @Override
    public void close() {
        session.close();
        graph.close();
        left.close();
        right.close();
    }
}
