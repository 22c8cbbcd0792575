package io.instructseg.engine.session;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;

/**
 * Adds to each float32 output of a graph's signatures its sum, where the output is: a sum is finite only if all that it adds
 * is, and costs one pass over memory. So each request's stages are checked. A sum of huge finite numbers can overflow: who
 * finds one that is not finite looks at the output itself.
 * <p>
 * The outputs are enough. What is not a number within a stage stays one through products, norms and residuals; an infinity
 * that does not reach the output (softmax or a ReLU took it for the large number it stands for) did no harm. Keys and values
 * that are in half precision aren't looked at: a step's logits are made of them, its own as they were before they were rounded.
 */
final class FiniteCheck {

    private static final String PREFIX = "finite.";

    private final Map<Signature, Map<String, Operand<TBool>>> answers = new EnumMap<>(Signature.class);

    private FiniteCheck() {
    }

    /** @param graph whose tensors {@link GraphCheck} has checked */
    static FiniteCheck add(Graph graph, Map<String, SignatureDef> definitions, Map<Signature, Device> devices) {
        FiniteCheck added = new FiniteCheck();
        // in no scope of their own: TensorFlow Java would look at the names of all operations, which takes a second
        Ops checks = Ops.create(graph);
        for (Signature stage : Signature.values()) {
            SignatureDef definition = definitions.get(stage.key());
            if (definition != null) {
                DeviceSpec device = DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.valueOf(
                        devices.get(stage).type().name())).deviceIndex(devices.get(stage).index()).build();
                added.answers.put(stage, answers(graph, checks.withDevice(device), stage, definition));
            }
        }
        return added;
    }

    private static Map<String, Operand<TBool>> answers(Graph graph, Ops tf, Signature stage, SignatureDef definition) {
        Map<String, Operand<TBool>> answers = new HashMap<>();
        for (TensorSpec output : stage.outputs()) {
            TensorInfo info = definition.getOutputsOrThrow(output.name());
            if (info.getDtype() == DataType.DT_FLOAT) {
                Operand<TFloat32> tensor = graph.operation(TensorNames.node(info.getName()))
                        .output(TensorNames.output(info.getName()));
                Operand<TFloat32> row = tf.reshape(tensor, tf.array(-1));
                Operand<TBool> finite = tf.withName(PREFIX + stage.key() + "." + output.name()).math
                        .isFinite(tf.sum(row, tf.constant(0)));
                answers.put(output.name(), finite);
            }
        }
        return answers;
    }

    boolean has(Signature stage, String output) {
        return answers.getOrDefault(stage, Map.of()).containsKey(output);
    }

    /** A scalar: whether the output's sum is finite. */
    Operand<TBool> answer(Signature stage, String output) {
        return answers.get(stage).get(output);
    }
}
