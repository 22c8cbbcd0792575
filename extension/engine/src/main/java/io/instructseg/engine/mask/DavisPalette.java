package io.instructseg.engine.mask;

/** The colors of the DAVIS data set's annotations. */
final class DavisPalette {

    private static final int LABELS = 256;

    /** Of the first labels, red, green, blue; all others are grays. */
    private static final int[] FIRST = { 0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0, 0, 0, 128, 128, 0, 128, 0, 128, 128, 128,
            128, 128, 64, 0, 0, 191, 0, 0, 64, 128, 0, 191, 128, 0, 64, 0, 128, 191, 0, 128, 64, 128, 128, 191, 128, 128, 0,
            64, 0, 128, 64, 0, 0, 191, 0, 128, 191, 0, 0, 64, 128, 128, 64, 128 };

    private DavisPalette() {
    }

    /** Red, green and blue of each label. */
    static byte[] colors() {
        byte[] colors = new byte[LABELS * 3];
        for (int i = 0; i < colors.length; i++) {
            colors[i] = (byte) (i < FIRST.length ? FIRST[i] : i / 3);
        }
        return colors;
    }
}
