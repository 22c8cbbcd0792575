package io.instructseg.engine.mask;

import java.util.Arrays;

/**
 * A closed line around pixels: its corners in order, the last of them joined to the first, which is not repeated. Edges are
 * alternately horizontal and vertical, so no three corners in a row are on one line, and no corner comes twice. It starts at
 * the leftmost of its topmost corners.
 */
public final class Ring {

    /** x and y of each corner in turn. */
    private final int[] coordinates;

    /** Takes ownership of the coordinates. */
    Ring(int[] coordinates) {
        this.coordinates = coordinates;
    }

    /** Number of corners, an even number of at least 4. */
    public int size() {
        return coordinates.length / 2;
    }

    /**
     * How many pixels are left of a corner.
     *
     * @param corner from 0 to {@code size() - 1}
     * @return from 0 to the mask's width
     * @throws IndexOutOfBoundsException if there is no such corner
     */
    public int x(int corner) {
        return coordinates[2 * corner];
    }

    /**
     * How many pixels are above a corner.
     *
     * @param corner from 0 to {@code size() - 1}
     * @return from 0 to the mask's height
     * @throws IndexOutOfBoundsException if there is no such corner
     */
    public int y(int corner) {
        return coordinates[2 * corner + 1];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ring ring && Arrays.equals(coordinates, ring.coordinates);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(coordinates);
    }

    @Override
    public String toString() {
        return "Ring[" + size() + " corners from " + x(0) + "," + y(0) + "]";
    }
}
