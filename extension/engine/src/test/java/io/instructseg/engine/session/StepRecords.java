package io.instructseg.engine.session;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;

/** Reads what TensorFlow records of a step: what ran where, and what each device's part of the graph takes and gives. */
final class StepRecords {

    private StepRecords() {
    }

    /** The operations below a scope that a step ran, by their devices. */
    static Map<String, Set<String>> operations(RunMetadata step, String scope) {
        return step.getStepStats().getDevStatsList().stream()
                .flatMap(device -> device.getNodeStatsList().stream().map(NodeExecStats::getNodeName)
                        .filter(name -> name.startsWith(scope)).map(name -> Map.entry(name(device.getDevice()), name)))
                .collect(Collectors.groupingBy(Map.Entry::getKey,
                        Collectors.mapping(Map.Entry::getValue, Collectors.toSet())));
    }

    /** Element types of what comes into a step, or leaves it. */
    static Set<DataType> types(RunMetadata step, String operation) {
        return step.getPartitionGraphsList().stream().flatMap(graph -> graph.getNodeList().stream())
                .filter(node -> node.getOp().equals(operation)).map(node -> node.getAttrOrThrow("T").getType())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Element types of what went from a device to another one in any of the steps. */
    static Set<DataType> sent(List<RunMetadata> steps, String from, String to) {
        return steps.stream().flatMap(step -> step.getPartitionGraphsList().stream())
                .map(GraphDef::getNodeList).flatMap(List::stream).filter(node -> node.getOp().endsWith("Send"))
                .filter(node -> device(node, "send_device").equals(from) && device(node, "recv_device").equals(to))
                .map(node -> node.getAttrOrThrow("T").getType()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String device(NodeDef node, String attribute) {
        return name(node.getAttrOrThrow(attribute).getS().toStringUtf8());
    }

    private static String name(String device) {
        return device.substring(device.lastIndexOf("device:") + "device:".length()).toLowerCase(Locale.ROOT);
    }
}
