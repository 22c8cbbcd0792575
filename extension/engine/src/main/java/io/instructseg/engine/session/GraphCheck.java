package io.instructseg.engine.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;

/** Finds the tensors of the signatures in the graph. TensorFlow looks for the inputs alone, until a run asks for an output. */
final class GraphCheck {

    private GraphCheck() {
    }

    /** @throws ModelException naming every tensor that the graph has not, or has with another type */
    static void check(Graph graph, Map<String, SignatureDef> definitions) throws ModelException {
        List<String> problems = new ArrayList<>();
        for (Signature signature : SignatureCheck.offered(definitions)) {
            SignatureDef definition = definitions.get(signature.key());
            Stream.concat(signature.inputs().stream().map(TensorSpec::name).map(definition::getInputsOrThrow),
                    signature.outputs().stream().map(TensorSpec::name).map(definition::getOutputsOrThrow))
                    .filter(tensor -> !has(graph, tensor))
                    .forEach(tensor -> problems.add(signature.key() + ": the graph has no "
                            + tensor.getDtype() + " tensor '" + tensor.getName() + "'"));
        }
        if (!problems.isEmpty()) {
            throw new ModelException("the SavedModel's signatures don't fit its graph:\n  " + String.join("\n  ", problems));
        }
    }

    private static boolean has(Graph graph, TensorInfo tensor) {
        String[] parts = tensor.getName().split(":", -1);
        GraphOperation operation = parts[0].isEmpty() ? null : graph.operation(parts[0]);
        boolean numbered = parts.length == 2 && parts[1].matches("\\d{1,4}");
        if (operation == null || !numbered || Integer.parseInt(parts[1]) >= operation.numOutputs()) {
            return false;
        }
        return operation.output(Integer.parseInt(parts[1])).dataType() == tensor.getDtype();
    }
}
