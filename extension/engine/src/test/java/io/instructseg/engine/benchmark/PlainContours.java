package io.instructseg.engine.benchmark;

import java.util.ArrayList;
import java.util.List;

import io.instructseg.engine.mask.Mask;

/**
 * The borders of a mask, followed from pixel to pixel: the same rings as its polygons', but not which hole is in which polygon.
 */
final class PlainContours {

    /** To the right, down, to the left, up. */
    private static final int[] DX = { 1, 0, -1, 0 };
    private static final int[] DY = { 0, 1, 0, -1 };

    private final Mask mask;
    /** Pixels whose upper side has been passed. */
    private final boolean[] passed;

    private PlainContours(Mask mask) {
        this.mask = mask;
        this.passed = new boolean[mask.width() * mask.height()];
    }

    record Corner(int x, int y) {
    }

    /** Corners of each ring, what is inside on their right. */
    static List<List<Corner>> of(Mask mask) {
        PlainContours contours = new PlainContours(mask);
        List<List<Corner>> rings = new ArrayList<>();
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                if (contours.inside(x, y) && !contours.inside(x, y - 1) && !contours.passed[y * mask.width() + x]) {
                    rings.add(contours.follow(x, y));
                }
            }
        }
        return rings;
    }

    private boolean inside(int x, int y) {
        return x >= 0 && y >= 0 && x < mask.width() && y < mask.height() && mask.get(x, y);
    }

    /** From the left end of a pixel's upper side, once around. */
    private List<Corner> follow(int x, int y) {
        List<Corner> ring = new ArrayList<>();
        int direction = 0;
        while (direction != 0 || !passed[y * mask.width() + x]) {
            if (direction == 0) {
                passed[y * mask.width() + x] = true;
            }
            x += DX[direction];
            y += DY[direction];
            int next = turn(x, y, direction);
            if (next != direction) {
                ring.add(new Corner(x, y));
            }
            direction = next;
        }
        return ring;
    }

    /** To the right where the inside ends, so that pixels that only touch are apart; to the left where it is in the way. */
    private int turn(int x, int y, int direction) {
        int right = (direction + 1) % 4;
        if (!inside(ahead(x, DX[direction] + DX[right]), ahead(y, DY[direction] + DY[right]))) {
            return right;
        }
        return inside(ahead(x, DX[direction] - DX[right]), ahead(y, DY[direction] - DY[right])) ? (direction + 3) % 4
                : direction;
    }

    /** The pixel before or behind a corner. */
    private static int ahead(int corner, int step) {
        return step < 0 ? corner - 1 : corner;
    }
}
