package io.instructseg.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles instruction by instruction, sane and insane ones. */
final class PickleBuilder {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** A pickle of protocol 2, as far as its header. */
    static PickleBuilder pickle() {
        return new PickleBuilder().raw(0x80, 2);
    }

    PickleBuilder raw(int... codes) {
        for (int code : codes) {
            bytes.write(code);
        }
        return this;
    }

    PickleBuilder op(String codes) {
        bytes.writeBytes(codes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    PickleBuilder text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        op("X");
        bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(utf8.length).array());
        bytes.writeBytes(utf8);
        return this;
    }

    PickleBuilder integer(long value) {
        raw(0x8a, 8);
        bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
        return this;
    }

    PickleBuilder global(String module, String name) {
        return op("c" + module + "\n" + name + "\n");
    }

    PickleBuilder integers(long... values) {
        op("(");
        for (long value : values) {
            integer(value);
        }
        return op("t");
    }

    PickleBuilder storage(String type, String key, long elements) {
        return op("(").text("storage").global("torch", type).text(key).text("cpu").integer(elements).op("tQ");
    }

    /** A call of {@code _rebuild_tensor_v2}. */
    PickleBuilder tensor(String type, String key, long elements, long offset, long[] shape, long[] strides) {
        return global("torch._utils", "_rebuild_tensor_v2").op("(").storage(type, key, elements).integer(offset)
                .integers(shape).integers(strides).raw(0x89).global("collections", "OrderedDict").op(")RtR");
    }

    byte[] stop() {
        op(".");
        return bytes.toByteArray();
    }
}
