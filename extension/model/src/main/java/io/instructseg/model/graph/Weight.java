package io.instructseg.model.graph;

import java.util.List;

import io.instructseg.format.Precision;

/**
 * A weight that the graph needs.
 *
 * @param name its name in the checkpoint, and the name of the resource variable
 * @param checkpointShape its shape there
 * @param layout how it lies in the graph
 * @param precision element type of the variable
 */
public record Weight(String name, List<Long> checkpointShape, Layout layout, Precision precision) {

    /** Shape of the variable. */
    public List<Long> shape() {
        return layout.apply(checkpointShape);
    }
}
