package io.instructseg.engine.session;

import java.util.List;

import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;

/**
 * An operation of the graph that ran in a stage's step.
 *
 * @param type TensorFlow's, such as {@code MatMul}, or what its optimizer made of that: {@code _FusedMatMul}
 * @param name in the graph
 * @param start nanoseconds, of a clock that all operations of a step share
 * @param end nanoseconds of the same clock
 */
public record OperationRun(String type, String name, long start, long end) {

    /** What a step's record tells of its devices; a GPU's streams, which tell the same another time, are left out. */
    static List<OperationRun> of(RunMetadata step) {
        return step.getStepStats().getDevStatsList().stream().filter(device -> !device.getDevice().contains("/stream:"))
                .flatMap(device -> device.getNodeStatsList().stream()).map(OperationRun::of).toList();
    }

    private static OperationRun of(NodeExecStats node) {
        long start = node.getAllStartNanos() + node.getOpStartRelNanos();
        return new OperationRun(type(node), node.getNodeName(), start,
                node.getAllStartNanos() + Math.max(node.getOpStartRelNanos(), node.getOpEndRelNanos()));
    }

    /** The label is {@code name = Type(inputs)}. */
    private static String type(NodeExecStats node) {
        String label = node.getTimelineLabel();
        int from = label.indexOf(" = ") + 3;
        int to = label.indexOf('(', from);
        return from < 3 || to < 0 ? node.getNodeName() : label.substring(from, to);
    }
}
