package io.instructseg.checkpoint;

import java.util.Optional;

/** The element types of weights, with the names that safetensors and PyTorch have for them. */
public enum DataType {

    FLOAT64("F64", "DoubleStorage", 8, true),
    FLOAT32("F32", "FloatStorage", 4, true),
    FLOAT16("F16", "HalfStorage", 2, true),
    BFLOAT16("BF16", "BFloat16Storage", 2, true),
    INT64("I64", "LongStorage", 8, false),
    INT32("I32", "IntStorage", 4, false),
    INT16("I16", "ShortStorage", 2, false),
    INT8("I8", "CharStorage", 1, false),
    UINT8("U8", "ByteStorage", 1, false),
    BOOL("BOOL", "BoolStorage", 1, false);

    private final String safetensorsName;
    private final String torchStorageName;
    private final int byteSize;
    private final boolean floatingPoint;

    DataType(String safetensorsName, String torchStorageName, int byteSize, boolean floatingPoint) {
        this.safetensorsName = safetensorsName;
        this.torchStorageName = torchStorageName;
        this.byteSize = byteSize;
        this.floatingPoint = floatingPoint;
    }

    /** The {@code dtype} in a safetensors header, such as {@code BF16}. */
    public String safetensorsName() {
        return safetensorsName;
    }

    /** The class in the module {@code torch} that holds such elements, such as {@code BFloat16Storage}. */
    public String torchStorageName() {
        return torchStorageName;
    }

    /** Bytes of one element. */
    public int byteSize() {
        return byteSize;
    }

    public boolean isFloatingPoint() {
        return floatingPoint;
    }

    static Optional<DataType> ofSafetensors(String name) {
        for (DataType type : values()) {
            if (type.safetensorsName.equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    static Optional<DataType> ofTorchStorage(String name) {
        for (DataType type : values()) {
            if (type.torchStorageName.equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
