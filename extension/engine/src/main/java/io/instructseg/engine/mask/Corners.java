package io.instructseg.engine.mask;

/**
 * The corners of a mask's boundary and the edges between them, found line by line. Corners are numbered from top to bottom, in
 * a line from left to right. So every odd corner ends the horizontal edge that the one before it began: corner {@code c} is
 * joined to {@code c ^ 1}. The vertical edges are noted.
 * <p>
 * A point where two pixels of the mask touch diagonally has two corners, one of each pixel: {@code c}, which is odd, and
 * {@code c + 1}.
 */
final class Corners {

    /** The coordinates of a ring of that many are an array that can still be grown by doubling. */
    static final int MAX_COUNT = 1 << 29;

    final int[] x;
    final int[] y;
    /** The other end of a corner's vertical edge. */
    final int[] vertical;
    /**
     * For each horizontal edge, {@code c >> 1}: if the mask is above it, a corner of the vertical edge where that run of pixels
     * begins; if the mask is below it, -1.
     */
    final int[] runAbove;

    /** For each column the upper end of the vertical edge that goes on below the line. */
    private final int[] open;
    private int line;
    private int next;
    private int run;

    /** @throws IllegalStateException if there are more than {@link #MAX_COUNT} */
    Corners(Mask mask) {
        long corners = count(mask);
        if (corners > MAX_COUNT) {
            throw new IllegalStateException("polygons of " + corners + " corners: expected at most " + MAX_COUNT);
        }
        x = new int[(int) corners];
        y = new int[(int) corners];
        vertical = new int[(int) corners];
        runAbove = new int[(int) corners / 2];
        open = new int[mask.width() + 1];
        for (line = 0; line <= mask.height(); line++) {
            scan(mask, line, this::findCorners);
        }
    }

    int count() {
        return x.length;
    }

    /** Number of corners of a mask. */
    static long count(Mask mask) {
        long[] count = new long[1];
        for (int line = 0; line <= mask.height(); line++) {
            scan(mask, line,
                    (column, above, below, edgesAbove, edgesBelow) -> count[0] += Long.bitCount(edgesAbove ^ edgesBelow)
                            + 2L * Long.bitCount(edgesAbove & edgesBelow & (above ^ below)));
        }
        return count[0];
    }

    /** Takes 64 columns of the pixels above and below a line, and of the vertical edges to their left. */
    private interface ColumnVisitor {

        void visit(int column, long above, long below, long edgesAbove, long edgesBelow);
    }

    private static void scan(Mask mask, int line, ColumnVisitor visitor) {
        long above = 0;
        long below = 0;
        for (int word = 0; word <= mask.width() >> 6; word++) {
            long aboveBefore = above;
            long belowBefore = below;
            above = mask.rowWord(line - 1, word);
            below = mask.rowWord(line, word);
            visitor.visit(word << 6, above, below, edges(above, aboveBefore), edges(below, belowBefore));
        }
    }

    /** A bit for each pixel that differs from the one to its left: there is a vertical edge between them. */
    private static long edges(long pixels, long pixelsBefore) {
        return pixels ^ (pixels << 1 | pixelsBefore >>> 63);
    }

    private void findCorners(int column, long above, long below, long edgesAbove, long edgesBelow) {
        for (long rest = edgesAbove | edgesBelow; rest != 0; rest &= rest - 1) {
            int bit = Long.numberOfTrailingZeros(rest);
            addCorners(column + bit, isSet(edgesAbove, bit), isSet(edgesBelow, bit), isSet(above, bit), isSet(below, bit));
        }
    }

    private static boolean isSet(long word, int bit) {
        return (word >>> bit & 1) != 0;
    }

    /** At a point that has edges above or below it; the mask may be to the right of these edges, else it is to the left. */
    private void addCorners(int column, boolean edgeAbove, boolean edgeBelow, boolean rightAbove, boolean rightBelow) {
        int upper = open[column];
        if (edgeAbove && rightAbove) {
            run = upper;
        }
        if (edgeAbove && edgeBelow) {
            if (rightAbove != rightBelow) {
                // the pixel to the right has the edge to the right
                int left = add(column, false);
                int right = add(column, rightAbove);
                close(upper, rightAbove ? right : left);
                open[column] = rightAbove ? left : right;
            }
        } else if (edgeAbove) {
            close(upper, add(column, rightAbove));
        } else {
            open[column] = add(column, rightAbove);
        }
    }

    private int add(int column, boolean maskAbove) {
        x[next] = column;
        y[next] = line;
        if ((next & 1) == 0) {
            runAbove[next >> 1] = maskAbove ? run : -1;
        }
        return next++;
    }

    private void close(int upper, int lower) {
        vertical[upper] = lower;
        vertical[lower] = upper;
    }
}
