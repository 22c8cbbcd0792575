package io.instructseg.engine.session;

/**
 * How a model is loaded.
 *
 * @param placement which module runs where
 * @param tensorFlow what holds for the process
 * @param checksMemory whether a model is refused, before its weights are read, that needs more of the host's memory than there
 *        is: an estimate, see {@link MemoryNeed}
 */
public record LoadOptions(Placement placement, TensorFlowOptions tensorFlow, boolean checksMemory) {

    /** On the first GPU, or on the CPU where there is none; checks the memory. */
    public static final LoadOptions DEFAULT = of(Placement.AUTO, TensorFlowOptions.DEFAULT);

    /** Checks the memory. */
    public static LoadOptions of(Placement placement, TensorFlowOptions tensorFlow) {
        return new LoadOptions(placement, tensorFlow, true);
    }
}
