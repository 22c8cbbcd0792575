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
import io.instructseg.tensorflow.TensorFlowLibrary;

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

    /** Products of which the best counts: behind other work the first finds cold caches, and its result new memory. */
    private static final int IN_A_ROW = 3;

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
        Operand<TFloat32> rows = tf.withName("rows").placeholder(TFloat32.class);
        Operand<TFloat32> columns = tf.withName("columns").placeholder(TFloat32.class);
        tf.withName("values").math.add(tf.dtypes.cast(rows, type), tf.dtypes.cast(columns, type));
        Operand<T> a = tf.withName("a").placeholder(type);
        Operand<T> b = tf.withName("b").placeholder(type);
        tf.withName("product").linalg.matMul(a, b);
    }

    /**
     * Small whole numbers, the same in any precision: sums of a row's and a column's. They take no memory beside the result.
     */
    private Tensor values(int rows, int columns) {
        try (TFloat32 ofRows = cycle(3, Shape.of(rows, 1)); TFloat32 ofColumns = cycle(5, Shape.of(columns))) {
            return session.runner().feed("rows", ofRows).feed("columns", ofColumns).fetch("values").run().get(0);
        }
    }

    /** As many whole numbers in turn, about zero. */
    private static TFloat32 cycle(int numbers, Shape shape) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % numbers - numbers / 2;
        }
        return TFloat32.tensorOf(shape, DataBuffers.of(values));
    }

    /** The memory of its factors, in bytes. */
    public long bytes() {
        return left.numBytes() + right.numBytes();
    }

    /** Runs it three times in a row: floating-point operations a second of the fastest. */
    public double rate() {
        double fastest = 0;
        for (int i = 0; i < IN_A_ROW; i++) {
            fastest = Math.max(fastest, rateOfOne());
        }
        return fastest;
    }

    private double rateOfOne() {
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
