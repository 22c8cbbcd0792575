package io.instructseg.engine.session;

import java.nio.ByteBuffer;

import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

import io.instructseg.format.ElementType;

/** A tensor between stages, in TensorFlow's memory. Whoever made it closes it. */
public final class Activation implements AutoCloseable {

    private final Tensor tensor;

    Activation(Tensor tensor) {
        this.tensor = tensor;
    }

    /** A copy of a host tensor. */
    public static Activation of(HostTensor tensor) {
        ByteBuffer data = tensor.data();
        return new Activation(Tensor.of(type(tensor.type()), Shape.of(tensor.shape()), -1,
                copy -> copy.asRawTensor().data().write(data.array(), data.arrayOffset(), data.remaining())));
    }

    public long[] shape() {
        return tensor.shape().asArray();
    }

    /** A copy in the JVM's memory. */
    public HostTensor toHost() {
        byte[] bytes = new byte[Math.toIntExact(tensor.numBytes())];
        tensor.asRawTensor().data().read(bytes);
        return new HostTensor(type(tensor), tensor.shape().asArray(), ByteBuffer.wrap(bytes));
    }

    Tensor tensor() {
        return tensor;
    }

    private static Class<? extends TType> type(ElementType type) {
        return switch (type) {
            case FLOAT32 -> TFloat32.class;
            case INT32 -> TInt32.class;
            case UINT8 -> TUint8.class;
        };
    }

    private static ElementType type(Tensor tensor) {
        return switch (tensor.dataType()) {
            case DT_FLOAT -> ElementType.FLOAT32;
            case DT_INT32 -> ElementType.INT32;
            case DT_UINT8, DT_BOOL -> ElementType.UINT8;
            default -> throw new IllegalStateException("no signature gives a tensor of " + tensor.dataType());
        };
    }

    @Override
    public void close() {
        tensor.close();
    }
}
