package io.instructseg.conversion;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.instructseg.checkpoint.TensorInfo;
import io.instructseg.model.graph.Weight;

/** Compares the weights that the graph needs with those that a checkpoint has: strict in both directions. */
final class WeightCheck {

    private WeightCheck() {
    }

    /**
     * Every missing, misshapen, mistyped and unknown weight.
     *
     * @param unused whether a weight that the graph does not need may be there
     */
    static List<String> offenders(Collection<Weight> needed, Map<String, TensorInfo> tensors, Predicate<String> unused) {
        List<String> offenders = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Weight weight : needed) {
            names.add(weight.name());
            check(weight, tensors.get(weight.name()), offenders);
        }
        for (TensorInfo tensor : tensors.values()) {
            if (!names.contains(tensor.name()) && !unused.test(tensor.name())) {
                offenders.add("unused: " + tensor.name() + " " + tensor.shape() + " in " + tensor.file().getFileName()
                        + "; --ignore lets it pass");
            }
        }
        return offenders;
    }

    private static void check(Weight weight, TensorInfo tensor, List<String> offenders) {
        if (tensor == null) {
            offenders.add("missing: " + weight.name() + ", expected shape " + weight.checkpointShape());
            return;
        }
        if (!tensor.shape().equals(weight.checkpointShape())) {
            offenders.add("misshapen: " + weight.name() + " has shape " + tensor.shape() + ", expected "
                    + weight.checkpointShape());
        }
        if (!tensor.dataType().isFloatingPoint()) {
            offenders.add("mistyped: " + weight.name() + " is " + tensor.dataType() + ", expected floating point");
        }
    }
}
