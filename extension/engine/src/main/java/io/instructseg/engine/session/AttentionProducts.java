package io.instructseg.engine.session;

import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

import io.instructseg.tensorflow.Processor;

/**
 * Products of activations with each other, attention's above all. Models that we convert have them as the operation that oneDNN
 * takes over; its successor stays with TensorFlow's own loops. oneDNN is faster where AVX2 is the newest, and slower with
 * AVX-512 (docs/performance.md).
 */
final class AttentionProducts {

    private static final String ONEDNN = "BatchMatMulV2";
    private static final String TENSORFLOW = "BatchMatMulV3";

    private AttentionProducts() {
    }

    /** Whether the processor is one on which {@link #leaveToTensorFlow} makes a model faster. */
    static boolean slowWithOneDnn(Processor processor) {
        return processor.instructions().contains("avx512f");
    }

    /** Replaces those in float32. */
    static void leaveToTensorFlow(GraphDef.Builder graph) {
        for (NodeDef.Builder node : graph.getNodeBuilderList()) {
            AttrValue type = node.getAttrOrDefault("T", AttrValue.getDefaultInstance());
            if (node.getOp().equals(ONEDNN) && type.getType() == DataType.DT_FLOAT) {
                node.setOp(TENSORFLOW).removeAttr("T").putAttr("Ta", type).putAttr("Tb", type).putAttr("Tout", type);
            }
        }
    }
}
