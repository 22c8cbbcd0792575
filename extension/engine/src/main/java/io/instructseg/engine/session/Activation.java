package io.instructseg.engine.session;

import java.nio.ByteBuffer;

import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

import io.instructseg.format.ElementType;

/**
 * A tensor between stages, in TensorFlow's memory: on the host, or where a stage left it. Whoever made it closes it, and before
 * the session.
 */
public abstract sealed class Activation implements AutoCloseable {

    private Activation() {
    }

    /** A copy of a host tensor. */
    public static Activation of(HostTensor tensor) {
        ByteBuffer data = tensor.data();
        return new OnHost(Tensor.of(type(tensor.type()), Shape.of(tensor.shape()), -1,
                copy -> copy.asRawTensor().data().write(data.array(), data.arrayOffset(), data.remaining())));
    }

    /** Without elements. */
    static Activation empty(DataType type, long... shape) {
        Class<? extends TType> elements = switch (type) {
            case DT_FLOAT -> TFloat32.class;
            case DT_BFLOAT16 -> TBfloat16.class;
            case DT_HALF -> TFloat16.class;
            default -> throw new IllegalArgumentException("no signature takes an empty tensor of " + type);
        };
        return new OnHost(Tensor.of(elements, Shape.of(shape)));
    }

    /** What a step fetched. */
    static Activation of(Tensor tensor) {
        return new OnHost(tensor);
    }

    /** What a step left in the session. */
    static Activation kept(SessionTensors session, String name, Tensor handle) {
        return new Kept(session, name, handle);
    }

    public abstract long[] shape();

    /** A copy in the JVM's memory. */
    public abstract HostTensor toHost();

    /** @param input of a signature, that is named so in the graph */
    abstract void feed(Session.Runner runner, String input, String nameInGraph);

    /** Has no effect the second time. */
    @Override
    public abstract void close();

    static HostTensor toHost(Tensor tensor) {
        byte[] bytes = new byte[Math.toIntExact(tensor.numBytes())];
        tensor.asRawTensor().data().read(bytes);
        return new HostTensor(type(tensor), tensor.shape().asArray(), ByteBuffer.wrap(bytes));
    }

    private static Class<? extends TType> type(ElementType type) {
        return switch (type) {
            case FLOAT32 -> TFloat32.class;
            case PRECISION -> throw new IllegalArgumentException("a host's tensor is in no model's precision");
            case INT32 -> TInt32.class;
            case UINT8 -> TUint8.class;
        };
    }

    private static ElementType type(Tensor tensor) {
        return switch (tensor.dataType()) {
            case DT_FLOAT -> ElementType.FLOAT32;
            case DT_INT32 -> ElementType.INT32;
            case DT_UINT8, DT_BOOL -> ElementType.UINT8;
            default -> throw new IllegalStateException("the host takes no tensor of " + tensor.dataType());
        };
    }

    private static final class OnHost extends Activation {

        private final Tensor tensor;

        OnHost(Tensor tensor) {
            this.tensor = tensor;
        }

        @Override
        public long[] shape() {
            return tensor.shape().asArray();
        }

        @Override
        public HostTensor toHost() {
            return toHost(tensor);
        }

        @Override
        void feed(Session.Runner runner, String input, String nameInGraph) {
            runner.feed(nameInGraph, tensor);
        }

        @Override
        public void close() {
            tensor.close();
        }
    }

    /** The tensor's handle is the host's, a string; the tensor itself has to be deleted. */
    private static final class Kept extends Activation {

        private final SessionTensors session;
        private final String name;
        private final Tensor handle;
        private boolean deleted;

        Kept(SessionTensors session, String name, Tensor handle) {
            this.session = session;
            this.name = name;
            this.handle = handle;
        }

        @Override
        public long[] shape() {
            return session.shape(name, handle);
        }

        @Override
        public HostTensor toHost() {
            return session.read(name, handle);
        }

        @Override
        void feed(Session.Runner runner, String input, String nameInGraph) {
            if (!input.equals(name)) {
                throw new IllegalArgumentException("input " + input + " can't take " + name
                        + " where a stage left it, only from the host");
            }
            runner.feed(SessionTensorNodes.given(name), handle);
        }

        @Override
        public void close() {
            if (deleted) {
                return;
            }
            deleted = true;
            try (handle) {
                session.delete(name, handle);
            }
        }
    }
}
