package io.instructseg.conversion.synthesis;

import java.nio.ByteBuffer;

/**
 * The buffer {@code relative_position_index} of a Swin block {@code [w * w, w * w]}: for each pair of positions in a window
 * the row of the bias table.
 */
record RelativePositionIndex(int window) implements SyntheticTensor.Elements {

    @Override
    public void fill(ByteBuffer target, long first) {
        int positions = window * window;
        for (long index = first; target.hasRemaining(); index++) {
            int query = (int) (index / positions);
            int key = (int) (index % positions);
            int rows = query / window - key / window + window - 1;
            int columns = query % window - key % window + window - 1;
            target.putLong((long) rows * (2 * window - 1) + columns);
        }
    }
}
