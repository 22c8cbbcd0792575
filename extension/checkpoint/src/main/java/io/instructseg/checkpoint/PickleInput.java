package io.instructseg.checkpoint;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** The operands of a pickle's instructions, and errors that say where in the pickle. */
final class PickleInput {

    private static final int LONGEST_STRING = 1 << 16;
    private static final int LONGEST_GLOBAL = 256;

    private final WeightFile file;
    private final ByteBuffer bytes;
    private int instruction;

    /** @param bytes the pickle, little-endian */
    PickleInput(WeightFile file, ByteBuffer bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    CheckpointException error(String problem) {
        return file.error("pickle, byte " + instruction + ": " + problem);
    }

    Opcode opcode() throws CheckpointException {
        instruction = bytes.position();
        int code = unsignedByte();
        Opcode opcode = Opcode.of(code);
        if (opcode == null) {
            throw error(String.format("unknown opcode 0x%02x", code));
        }
        return opcode;
    }

    int unsignedByte() throws CheckpointException {
        return operand(bytes::get) & 0xff;
    }

    int unsignedShort() throws CheckpointException {
        return operand(bytes::getShort) & 0xffff;
    }

    int signedInt() throws CheckpointException {
        return operand(bytes::getInt);
    }

    long frameLength() throws CheckpointException {
        return operand(bytes::getLong);
    }

    /** The one big-endian operand there is. */
    double bigEndianDouble() throws CheckpointException {
        return Double.longBitsToDouble(Long.reverseBytes(operand(bytes::getLong)));
    }

    /** A two's complement integer after its length in one byte. */
    long shortLong() throws CheckpointException {
        int length = unsignedByte();
        if (length > Long.BYTES) {
            throw error("an integer of " + length + " bytes, expected at most " + Long.BYTES);
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (long) unsignedByte() << Byte.SIZE * i;
        }
        int unused = Long.SIZE - Byte.SIZE * length;
        return length == 0 ? 0 : value << unused >> unused;
    }

    String string(int length) throws CheckpointException {
        if (length < 0 || length > LONGEST_STRING || length > bytes.remaining()) {
            throw error("a string of " + Integer.toUnsignedString(length) + " bytes, expected at most "
                    + Math.min(LONGEST_STRING, bytes.remaining()));
        }
        ByteBuffer text = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw error("a string that is not in UTF-8");
        }
    }

    /** A line, without its end. */
    String line() throws CheckpointException {
        int start = bytes.position();
        int length = 0;
        while (unsignedByte() != '\n') {
            if (++length > LONGEST_GLOBAL) {
                throw error("a name of more than " + LONGEST_GLOBAL + " bytes");
            }
        }
        int end = bytes.position();
        bytes.position(start);
        String line = string(length);
        bytes.position(end);
        return line;
    }

    private <T> T operand(Supplier<T> read) throws CheckpointException {
        try {
            return read.get();
        } catch (BufferUnderflowException e) {
            throw error("the pickle ends after " + bytes.limit() + " bytes without STOP");
        }
    }
}
