package io.instructseg.format;

import java.util.List;

/**
 * A tensor of a signature.
 *
 * @param name key in the signature
 * @param type element type
 * @param axes one entry an axis: a number is fixed; a name stands for a size that is the same wherever that name
 *        stands in the signature (upper-case names: in all signatures), see {@link Signature}
 */
public record TensorSpec(String name, ElementType type, List<String> axes) {

    static TensorSpec float32(String name, String... axes) {
        return new TensorSpec(name, ElementType.FLOAT32, List.of(axes));
    }

    static TensorSpec precision(String name, String... axes) {
        return new TensorSpec(name, ElementType.PRECISION, List.of(axes));
    }

    static TensorSpec int32(String name, String... axes) {
        return new TensorSpec(name, ElementType.INT32, List.of(axes));
    }

    static TensorSpec uint8(String name, String... axes) {
        return new TensorSpec(name, ElementType.UINT8, List.of(axes));
    }
}
