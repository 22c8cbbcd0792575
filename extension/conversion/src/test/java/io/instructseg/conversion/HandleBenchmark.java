package io.instructseg.conversion;

import java.util.Locale;

import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * A tensor handed from one step to the next: left in the session under a handle, or through the host. The operation is built by
 * name: the class of the Java API is another one (facts: docs/architecture.md).
 */
final class HandleBenchmark {

    private static final int REPETITIONS = 50;

    private HandleBenchmark() {
    }

    static void run(BenchmarkGraph layers, Session session) {
        Graph graph = session.graph();
        Ops tf = Ops.create(graph).withSubScope("handles");
        Output<?> state = graph.operation("product/out").output(0);
        Output<?> handle = operation(graph, "GetSessionHandle", "keep", state);
        Operand<TString> given = tf.withName("given").placeholder(TString.class);
        GraphOperation tensor = graph.opBuilder("GetSessionTensor", "handles/tensor", tf.scope())
                .addInput(given.asOutput()).setAttr("dtype", DataType.DT_FLOAT).build();
        Operand<TFloat32> received = tensor.output(0);
        tf.withName("sum").reduceSum(received, tf.constant(new int[] { 0, 1 }));
        graph.opBuilder("DeleteSessionTensor", "handles/delete", tf.scope()).addInput(given.asOutput()).build();
        BenchmarkGraph.Task product = layers.tasks().get(0);
        try (Tensor kept = session.runner().feed(product.input(), product.value()).fetch(handle).run().get(0);
                Tensor host = session.runner().feed(product.input(), product.value()).fetch("product/out").run().get(0)) {
            double byHandle = milliseconds(() -> sum(session, "handles/given", kept));
            double byHost = milliseconds(() -> sum(session, "handles/tensor", host));
            requireEqual(sum(session, "handles/given", kept), sum(session, "handles/tensor", host));
            System.out.printf(Locale.ROOT, "a step on a kept tensor of %.0f MB: %.2f ms by handle, %.2f ms fed from the host%n",
                    host.numBytes() * 1e-6, byHandle, byHost);
            session.runner().feed("handles/given", kept).addTarget("handles/delete").run().close();
            requireRefused(session, kept);
        }
    }

    private static float sum(Session session, String input, Tensor value) {
        try (Tensor sum = session.runner().feed(input, value).fetch("handles/sum").run().get(0)) {
            return ((TFloat32) sum).getFloat();
        }
    }

    private static void requireEqual(float byHandle, float byHost) {
        if (byHandle != byHost) {
            throw new IllegalStateException("the kept tensor's sum is " + byHandle + ", the fetched one's " + byHost);
        }
    }

    private static void requireRefused(Session session, Tensor handle) {
        try {
            sum(session, "handles/given", handle);
        } catch (RuntimeException e) {
            return;
        }
        throw new IllegalStateException("a deleted tensor was still there");
    }

    private static double milliseconds(Runnable step) {
        step.run();
        long start = System.nanoTime();
        for (int i = 0; i < REPETITIONS; i++) {
            step.run();
        }
        return (System.nanoTime() - start) * 1e-6 / REPETITIONS;
    }

    private static Output<?> operation(Graph graph, String type, String name, Output<?> input) {
        return graph.opBuilder(type, "handles/" + name, Ops.create(graph).scope()).addInput(input).build().output(0);
    }
}
