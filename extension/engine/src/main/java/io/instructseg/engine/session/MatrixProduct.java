package io.instructseg.engine.session;

import java.util.concurrent.TimeUnit;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A plain product of the size of a Phi-2 layer's, in float32: the floor for what a model can take on a machine at the moment.
 */
public final class MatrixProduct implements AutoCloseable {

    static {
        JavaCpp.liftMemoryLimit();
    }

    private static final int ROWS = 1024;
    private static final int INNER = 2560;
    private static final int COLUMNS = 10240;

    private final Graph graph = new Graph();
    private final Session session;
    private final TFloat32 left = values(ROWS, INNER);
    private final TFloat32 right = values(INNER, COLUMNS);

    public MatrixProduct() {
        Ops tf = Ops.create(graph);
        Operand<TFloat32> a = tf.withName("a").placeholder(TFloat32.class);
        Operand<TFloat32> b = tf.withName("b").placeholder(TFloat32.class);
        tf.withName("product").linalg.matMul(a, b);
        session = new Session(graph);
    }

    private static TFloat32 values(int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 - 3;
        }
        return TFloat32.tensorOf(Shape.of(rows, columns), DataBuffers.of(values));
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
