package io.instructseg.cli.benchmark;

import java.util.List;

/**
 * What TensorFlow's operations are, by their types: the optimizer's own ones ({@code _MklFusedMatMul}) count as what they do.
 * Products are those of matrices and convolutions; sums are softmax, too.
 */
enum OperationKind {

    PRODUCTS("products", "MatMul", "Einsum", "Conv2D"),
    SUMS("sums", "Softmax", "Mean", "Sum", "Max", "Min", "All", "Any", "Cumsum", "LayerNorm", "FusedBatchNorm"),
    CASTS("casts", "Cast"),
    MOVES("moves", "Transpose", "Concat", "Gather", "Pack", "Unpack", "Slice", "Split", "Pad", "BroadcastTo", "Tile", "Reshape",
            "ExpandDims", "Squeeze", "Identity", "Roll", "Reverse", "Scatter", "Inplace", "Empty", "Fill", "ReadVariableOp",
            "Bitcast", "ToTf", "_Arg", "_Retval"),
    RESIZING("resizing", "Resize"),
    ELEMENTWISE("pointwise");

    private final String label;
    private final List<String> types;

    OperationKind(String label, String... types) {
        this.label = label;
        this.types = List.of(types);
    }

    String label() {
        return label;
    }

    /** Whatever is nothing else is elementwise. */
    static OperationKind of(String type) {
        // these are no sums: they compare two tensors
        if (type.equals("Maximum") || type.equals("Minimum")) {
            return ELEMENTWISE;
        }
        for (OperationKind kind : values()) {
            if (kind.types.stream().anyMatch(type::contains)) {
                return kind;
            }
        }
        return ELEMENTWISE;
    }
}
