package io.instructseg.engine.session;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

import io.instructseg.format.ElementType;

/** A tensor in the JVM's memory: row-major elements in the machine's byte order. */
public final class HostTensor {

    private final ElementType type;
    private final long[] shape;
    private final ByteBuffer data;

    HostTensor(ElementType type, long[] shape, ByteBuffer data) {
        this.type = type;
        this.shape = shape.clone();
        this.data = data.order(ByteOrder.nativeOrder());
        long bytes = Arrays.stream(shape).reduce(1, Math::multiplyExact) * (type == ElementType.UINT8 ? 1 : 4);
        if (bytes != data.remaining()) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " of " + type + " has " + bytes
                    + " bytes, found " + data.remaining());
        }
    }

    public static HostTensor floats(float[] values, long... shape) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.nativeOrder());
        data.asFloatBuffer().put(values);
        return new HostTensor(ElementType.FLOAT32, shape, data);
    }

    public static HostTensor ints(int[] values, long... shape) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.nativeOrder());
        data.asIntBuffer().put(values);
        return new HostTensor(ElementType.INT32, shape, data);
    }

    /** The array is not copied. */
    public static HostTensor bytes(byte[] values, long... shape) {
        return new HostTensor(ElementType.UINT8, shape, ByteBuffer.wrap(values));
    }

    public ElementType type() {
        return type;
    }

    public long[] shape() {
        return shape.clone();
    }

    /** Elements of a float32 tensor. */
    public float[] floats() {
        require(ElementType.FLOAT32);
        float[] values = new float[data.remaining() / 4];
        data().asFloatBuffer().get(values);
        return values;
    }

    /** Elements of an int32 tensor. */
    public int[] ints() {
        require(ElementType.INT32);
        int[] values = new int[data.remaining() / 4];
        data().asIntBuffer().get(values);
        return values;
    }

    /** Elements of a uint8 tensor. */
    public byte[] bytes() {
        require(ElementType.UINT8);
        byte[] values = new byte[data.remaining()];
        data().get(values);
        return values;
    }

    /** All bytes, from position to limit. */
    ByteBuffer data() {
        return data.duplicate().order(ByteOrder.nativeOrder());
    }

    private void require(ElementType expected) {
        if (type != expected) {
            throw new IllegalStateException("a tensor of " + type + " is no tensor of " + expected);
        }
    }
}
