package io.instructseg.engine.mask;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes polygons of a mask by walking from corner to corner.
 */
final class PolygonTracer {

    private final Corners corners;
    /** What each corner belongs to, -1 if it was not visited yet. */
    private final int[] owner;
    private int[] coordinates = new int[64];
    private int length;

    private PolygonTracer(Corners corners) {
        this.corners = corners;
        this.owner = new int[corners.count()];
    }

    static List<Polygon> trace(Mask mask) {
        PolygonTracer tracer = new PolygonTracer(new Corners(mask));
        tracer.splitAtTouchingCorners();
        return tracer.polygons();
    }

    /**
     * A ring that comes to a point twice becomes two that touch there. Before, each corner of such a point belongs to one of
     * the two pixels that touch, and both are on the same ring just if the pixels hang together elsewhere; after, each belongs
     * to one of the two gaps.
     */
    private void splitAtTouchingCorners() {
        Arrays.fill(owner, -1);
        for (int corner = 0; corner < corners.count(); corner += 2) {
            if (owner[corner] < 0) {
                walk(corner, true, corner);
            }
        }
        int[] vertical = corners.vertical;
        for (int left = 1, right = 2; right < corners.count(); left += 2, right += 2) {
            if (corners.x[left] == corners.x[right] && corners.y[left] == corners.y[right] && owner[left] == owner[right]) {
                int other = vertical[left];
                vertical[left] = vertical[right];
                vertical[right] = other;
                vertical[vertical[left]] = left;
                vertical[other] = right;
            }
        }
    }

    private List<Polygon> polygons() {
        List<Ring> exteriors = new ArrayList<>();
        List<List<Ring>> holes = new ArrayList<>();
        Arrays.fill(owner, -1);
        for (int corner = 0; corner < corners.count(); corner += 2) {
            if (owner[corner] < 0) {
                int run = corners.runAbove[corner >> 1];
                if (run < 0) {
                    exteriors.add(ring(corner, true, exteriors.size()));
                    holes.add(List.of());
                } else {
                    addHole(holes, owner[run], ring(corner, false, owner[run]));
                }
            }
        }
        List<Polygon> polygons = new ArrayList<>(exteriors.size());
        for (int i = 0; i < exteriors.size(); i++) {
            polygons.add(new Polygon(exteriors.get(i), holes.get(i)));
        }
        return List.copyOf(polygons);
    }

    private static void addHole(List<List<Ring>> holes, int polygon, Ring hole) {
        if (holes.get(polygon).isEmpty()) {
            holes.set(polygon, new ArrayList<>());
        }
        holes.get(polygon).add(hole);
    }

    private Ring ring(int start, boolean horizontal, int polygon) {
        walk(start, horizontal, polygon);
        return new Ring(Arrays.copyOf(coordinates, length));
    }

    /** Walks around a ring, from its start to the right or down. */
    private void walk(int start, boolean toTheRight, int newOwner) {
        boolean horizontal = toTheRight;
        int corner = start;
        length = 0;
        do {
            owner[corner] = newOwner;
            if (length == coordinates.length) {
                coordinates = Arrays.copyOf(coordinates, 2 * length);
            }
            coordinates[length++] = corners.x[corner];
            coordinates[length++] = corners.y[corner];
            corner = horizontal ? corner ^ 1 : corners.vertical[corner];
            horizontal = !horizontal;
        } while (corner != start);
    }
}
