package io.instructseg.engine.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * What restores a model's weights, in parts: so that loading tells how far it is, and can be ended between two of them. Within
 * a part TensorFlow reads as many weights at once as it has threads. Each part costs a step of the session, which looks at the
 * whole graph: hence few of them.
 */
final class WeightGroups {

    private static final int MOST_GROUPS = 16;
    private static final long SMALLEST_GROUP = 64L << 20;

    private final Map<String, NodeDef> nodes = new HashMap<>();
    private final Set<String> mapped;
    private final List<Group> groups = new ArrayList<>();

    /**
     * Weights that are restored in one step.
     *
     * @param targets the operations that do it
     * @param bytes of those weights that are read in this step, without mapped ones
     */
    record Group(List<String> targets, long bytes) {
    }

    private WeightGroups(MetaGraphDef model, Set<String> mapped) {
        this.mapped = mapped;
        model.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    }

    /**
     * In models whose variables are assigned one by one, a part for some weights; in others, that may restore in one operation,
     * one part.
     *
     * @param mapped operations that assign weights which something else reads; on a GPU they are copied, in parts as well
     */
    static List<Group> of(MetaGraphDef model, Set<String> mapped) {
        WeightGroups weights = new WeightGroups(model, mapped);
        String restore = model.getSaverDef().getRestoreOpName();
        if (restore.isEmpty()) {
            return List.of();
        }
        List<String> operations = new ArrayList<>();
        weights.collect(restore, operations);
        long total = 0;
        for (String operation : operations) {
            total += weights.copied(operation);
        }
        weights.divide(operations, Math.max(SMALLEST_GROUP, total / MOST_GROUPS));
        return weights.groups;
    }

    /** What a node that does nothing itself waits for. */
    private void collect(String name, List<String> operations) {
        NodeDef node = nodes.get(name);
        if (node == null || !node.getOp().equals("NoOp") || node.getInputCount() == 0) {
            operations.add(name);
            return;
        }
        node.getInputList().forEach(input -> collect(TensorNames.node(input), operations));
    }

    private void divide(List<String> operations, long size) {
        List<String> targets = new ArrayList<>();
        long bytes = 0;
        long copied = 0;
        for (String operation : operations) {
            targets.add(operation);
            bytes += mapped.contains(operation) ? 0 : copied(operation);
            copied += copied(operation);
            if (copied >= size) {
                groups.add(new Group(List.copyOf(targets), bytes));
                targets.clear();
                bytes = 0;
                copied = 0;
            }
        }
        if (!targets.isEmpty()) {
            groups.add(new Group(List.copyOf(targets), bytes));
        }
    }

    /** Bytes of the variable that an operation assigns; 0 if it is mapped and stays so, or something else. */
    private long copied(String operation) {
        NodeDef node = nodes.get(operation);
        if (node == null || !node.getOp().equals("AssignVariableOp") || node.getInputCount() == 0) {
            return 0;
        }
        NodeDef variable = nodes.get(TensorNames.node(node.getInput(0)));
        if (variable == null || !variable.getOp().equals("VarHandleOp")
                || mapped.contains(operation) && !MemoryNeed.isOnGpu(variable)) {
            return 0;
        }
        return ModelDescription.bytes(variable);
    }
}
