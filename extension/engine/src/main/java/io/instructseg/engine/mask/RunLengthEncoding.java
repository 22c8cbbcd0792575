package io.instructseg.engine.mask;

/**
 * A mask as COCO's compressed run lengths, the string that pycocotools writes and reads: the columns one below the other,
 * lengths of alternately 0s and 1s, from the fourth on as the difference to the one two before, five bits a character
 * ({@code maskApi.c}, {@code rleToString}, {@code rleFrString}).
 *
 * @param height rows of the mask, COCO's {@code size[0]}
 * @param width columns of the mask, COCO's {@code size[1]}
 * @param counts the run lengths
 */
public record RunLengthEncoding(int height, int width, String counts) {

    private static final int FIRST_CHARACTER = 48;
    private static final int MORE = 0x20;
    private static final int SIGN = 0x10;
    /** Characters of a length: 7 times 5 bits hold any int. */
    private static final int MAX_CHARACTERS = 7;

    /** @throws IllegalArgumentException if the size is empty or has more than 2^31 - 1 pixels */
    public RunLengthEncoding {
        if (height < 1 || width < 1 || (long) height * width > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("run lengths of a mask of " + width + "x" + height
                    + ": expected 1 to 2^31 - 1 pixels");
        }
    }

    /** Encodes a mask. */
    public static RunLengthEncoding encode(Mask mask) {
        Writer writer = new Writer();
        int columns = Math.min(mask.width(), BitMatrix.SIZE);
        int blocks = Mask.wordCount(mask.height(), 1);
        long[] strip = new long[blocks * columns];
        for (int left = 0; left < mask.width(); left += BitMatrix.SIZE) {
            readStrip(mask, left / BitMatrix.SIZE, strip, columns);
            for (int x = 0; x < Math.min(columns, mask.width() - left); x++) {
                for (int block = 0; block < blocks; block++) {
                    writer.addPixels(strip[block * columns + x],
                            Math.min(BitMatrix.SIZE, mask.height() - block * BitMatrix.SIZE));
                }
            }
        }
        writer.endRun();
        return new RunLengthEncoding(mask.height(), mask.width(), writer.counts.toString());
    }

    /** Reads up to 64 columns of the mask: for each 64 rows a word for each column. */
    private static void readStrip(Mask mask, int index, long[] strip, int columns) {
        long[] square = new long[BitMatrix.SIZE];
        for (int block = 0; block < strip.length / columns; block++) {
            int rows = Math.min(BitMatrix.SIZE, mask.height() - block * BitMatrix.SIZE);
            for (int y = 0; y < BitMatrix.SIZE; y++) {
                square[y] = y < rows ? mask.rowWord(block * BitMatrix.SIZE + y, index) : 0;
            }
            BitMatrix.transpose(square);
            System.arraycopy(square, 0, strip, block * columns, columns);
        }
    }

    /**
     * Decodes the mask.
     *
     * @throws IllegalArgumentException if the string isn't one that could have been encoded for this size
     */
    public Mask decode() {
        long pixels = (long) width * height;
        long[] words = new long[Mask.wordCount(width, height)];
        Reader reader = new Reader(counts);
        long position = 0;
        for (boolean value = false; reader.hasNext(); value = !value) {
            long length = reader.next();
            if (length < 0 || position + length > pixels) {
                throw new IllegalArgumentException("run lengths that do not fit: found a run of " + length + " from pixel "
                        + position + " of " + width + "x" + height);
            }
            if (value) {
                fill(words, (int) position, (int) (position + length));
            }
            position += length;
        }
        if (position != pixels) {
            throw new IllegalArgumentException("run lengths that end early: found " + position + " pixels, expected "
                    + width + "x" + height + " = " + pixels);
        }
        return Mask.ofWords(width, height, words);
    }

    /** Sets a run of pixels, counted column by column. */
    private void fill(long[] words, int from, int to) {
        for (int position = from, x = from / height, y = from % height; position < to; position++) {
            int pixel = y * width + x;
            words[pixel >> 6] |= 1L << pixel;
            if (++y == height) {
                y = 0;
                x++;
            }
        }
    }

    private static final class Writer {

        final StringBuilder counts = new StringBuilder();
        private final int[] last = new int[2];
        private int index;
        private boolean value;
        private int length;

        /** Adds pixels to the run, and runs that end within them. */
        void addPixels(long pixels, int count) {
            int at = 0;
            while (at < count) {
                long ends = (value ? ~pixels : pixels) >>> at;
                int same = Math.min(Long.numberOfTrailingZeros(ends), count - at);
                length += same;
                at += same;
                if (at < count) {
                    endRun();
                }
            }
        }

        /** Ends the run. */
        void endRun() {
            int rest = index > 2 ? length - last[index & 1] : length;
            last[index++ & 1] = length;
            boolean more = true;
            while (more) {
                int bits = rest & 0x1f;
                rest >>= 5;
                more = (bits & SIGN) != 0 ? rest != -1 : rest != 0;
                counts.append((char) (FIRST_CHARACTER + (more ? bits | MORE : bits)));
            }
            value = !value;
            length = 0;
        }
    }

    private static final class Reader {

        private final String counts;
        private final long[] last = new long[2];
        private int index;
        private int at;

        Reader(String counts) {
            this.counts = counts;
        }

        boolean hasNext() {
            return at < counts.length();
        }

        long next() {
            int start = at;
            long value = 0;
            int bits = MORE;
            while ((bits & MORE) != 0) {
                if (at == counts.length() || at - start == MAX_CHARACTERS) {
                    throw new IllegalArgumentException("run lengths with an unfinished number at character " + start);
                }
                bits = counts.charAt(at) - FIRST_CHARACTER;
                if (bits < 0 || bits > 0x3f) {
                    throw new IllegalArgumentException("run lengths with a foreign character at " + at);
                }
                value |= (long) (bits & 0x1f) << 5 * (at++ - start);
            }
            if ((bits & SIGN) != 0) {
                value |= -1L << 5 * (at - start);
            }
            value += index > 2 ? last[index & 1] : 0;
            last[index++ & 1] = value;
            return value;
        }
    }
}
