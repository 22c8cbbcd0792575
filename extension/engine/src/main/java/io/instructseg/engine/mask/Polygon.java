package io.instructseg.engine.mask;

import java.util.List;

/**
 * Pixels of a mask that hang together by their sides, as the line around them and the lines around their holes.
 *
 * @param exterior in the direction of a positive area by the shoelace formula, {@code (x[i] y[i+1] - x[i+1] y[i]) / 2} summed:
 *        seen in the picture, where y points down, clockwise. By its numbers this is the order that GeoJSON wants
 * @param holes in the opposite direction, by their first corner from top to bottom and from left to right
 */
public record Polygon(Ring exterior, List<Ring> holes) {

    public Polygon {
        holes = List.copyOf(holes);
    }
}
