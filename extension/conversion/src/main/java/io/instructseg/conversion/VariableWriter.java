package io.instructseg.conversion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.family.TType;

import io.instructseg.model.graph.Weight;

/**
 * Writes the variables of a SavedModel without a session full of weights: a few tensors at a time go into part files, which are
 * merged in the end (facts: docs/architecture.md).
 */
final class VariableWriter implements AutoCloseable {

    private static final long PART_BYTES = 256L << 20;

    private final Path directory;
    private final List<String> parts = new ArrayList<>();
    private final List<Weight> pending = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private long pendingBytes;

    /** @param directory {@code variables} of the SavedModel; created */
    VariableWriter(Path directory) throws IOException {
        // not its parents: a conversion that is interrupted has deleted them
        this.directory = Files.createDirectory(directory);
    }

    /**
     * Takes a copy of a variable's elements.
     *
     * @param elements in the variable's precision and layout, from 0 to the limit of the buffer's array
     * @throws IOException if TensorFlow can't write a part
     */
    void add(Weight weight, ByteBuffer elements) throws IOException {
        Shape shape = Shape.of(weight.shape().stream().mapToLong(Long::longValue).toArray());
        // an array: TensorFlow Java copies other buffers byte by byte
        tensors.add(Tensor.of(weight.type(), shape, -1,
                tensor -> tensor.asRawTensor().data().write(elements.array(), 0, elements.limit())));
        pending.add(weight);
        pendingBytes += elements.remaining();
        if (pendingBytes >= PART_BYTES) {
            flush();
        }
    }

    /** Writes what is pending and makes all parts one checkpoint of the prefix {@code variables}. */
    void finish() throws IOException {
        flush();
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            String prefix = directory.resolve("variables").toString();
            session.run(tf.train.mergeV2Checkpoints(tf.array(parts.toArray(String[]::new)), tf.constant(prefix)));
        } catch (TensorFlowException e) {
            throw notWritten(e);
        }
    }

    private void flush() throws IOException {
        if (pending.isEmpty()) {
            return;
        }
        String part = directory.resolve("part-" + parts.size()).toString();
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            List<Operand<?>> values = new ArrayList<>();
            Session.Runner runner = session.runner();
            for (Tensor tensor : tensors) {
                Operand<?> value = placeholder(tf, tensor);
                values.add(value);
                runner.feed(value.asOutput(), tensor);
            }
            String[] names = pending.stream().map(Weight::name).toArray(String[]::new);
            String[] slices = pending.stream().map(weight -> "").toArray(String[]::new);
            Op save = tf.train.save(tf.constant(part), tf.array(names), tf.array(slices), values);
            runner.addTarget(save).run().close();
        } catch (TensorFlowException e) {
            throw notWritten(e);
        }
        parts.add(part);
        close();
    }

    /** TensorFlow tells of full disks and missing permissions in exceptions of its own. */
    private IOException notWritten(TensorFlowException e) {
        return new IOException("the weights could not be written into " + directory + ": " + e.getMessage(), e);
    }

    private static Operand<?> placeholder(Ops tf, Tensor tensor) {
        return tf.placeholder(((TType) tensor).type(), Placeholder.shape(tensor.shape()));
    }

    @Override
    public void close() {
        tensors.forEach(Tensor::close);
        tensors.clear();
        pending.clear();
        pendingBytes = 0;
    }
}
