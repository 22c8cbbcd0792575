package io.instructseg.engine.image;

/**
 * Reads an image of lossless WebP as its entropy coder stores it: literals, copies and colors from a cache (RFC 9649,
 * sections 3.6 and 3.7). A pixel is an {@code int}: alpha, red, green and blue from the highest byte on.
 */
final class Vp8lImage {

    private static final int LITERALS = 256;
    private static final int LENGTHS = 24;
    private static final int DISTANCES = 40;
    private static final int MAX_CACHE_BITS = 11;
    private static final int CACHE_HASH = 0x1e35a7bd;

    /** The nearest distances: rows up in the high digit, 8 less columns to the left in the low one. */
    private static final int[] NEAR = { 0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a, 0x38, 0x05,
            0x37, 0x39, 0x15, 0x1b, 0x36, 0x3a, 0x25, 0x2b, 0x48, 0x04, 0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24,
            0x2c, 0x58, 0x45, 0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d, 0x44, 0x4c, 0x55, 0x5b,
            0x33, 0x3d, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1e, 0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d, 0x65, 0x6b, 0x32,
            0x3e, 0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f, 0x64, 0x6c, 0x42, 0x4e, 0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b,
            0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e, 0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d, 0x51,
            0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60, 0x70 };

    /** The five prefix codes that hold in a tile. */
    private record Codes(Vp8lPrefixCode green, Vp8lPrefixCode red, Vp8lPrefixCode blue, Vp8lPrefixCode alpha,
            Vp8lPrefixCode distance) {
    }

    private final Vp8lBits in;
    private final int width;
    private final int height;
    /** Colors by their hash, {@code null} if there is no cache. */
    private final int[] cache;
    private final int cacheBits;
    private int tileBits = 30;
    private int tileColumns = 1;
    /** The codes of each tile. */
    private Codes[] tiles;

    private Vp8lImage(Vp8lBits in, int width, int height, boolean main) throws ImageException {
        this.in = in;
        this.width = width;
        this.height = height;
        boolean cached = in.flag();
        cacheBits = cached ? in.number(4) : 0;
        if (cached && (cacheBits < 1 || cacheBits > MAX_CACHE_BITS)) {
            throw new ImageException("damaged WebP: a color cache of " + cacheBits + " bits, expected 1 to "
                    + MAX_CACHE_BITS);
        }
        cache = cached ? new int[1 << cacheBits] : null;
        if (main && in.flag()) {
            readTiles();
        } else {
            tiles = new Codes[] { readCodes() };
        }
    }

    /**
     * Reads an image.
     *
     * @param main whether it is the picture, not one of the images that describe it
     * @return {@code [height, width]} pixels
     */
    static int[] read(Vp8lBits in, int width, int height, boolean main) throws ImageException {
        return new Vp8lImage(in, width, height, main).readPixels();
    }

    /** Tiles, or pixels that are packed into one, that cover a side. */
    static int divide(int side, int bits) {
        return side + (1 << bits) - 1 >> bits;
    }

    /** Reads which codes each tile has, then the codes; those that no tile has are only checked. */
    private void readTiles() throws ImageException {
        tileBits = 2 + in.number(3);
        tileColumns = divide(width, tileBits);
        int[] groups = read(in, tileColumns, divide(height, tileBits), false);
        int count = 0;
        for (int i = 0; i < groups.length; i++) {
            groups[i] = groups[i] >> 8 & 0xffff;
            count = Math.max(count, groups[i] + 1);
        }
        boolean[] used = new boolean[count];
        for (int group : groups) {
            used[group] = true;
        }
        Codes[] codes = new Codes[count];
        for (int i = 0; i < count; i++) {
            Codes read = readCodes();
            codes[i] = used[i] ? read : null;
        }
        tiles = new Codes[groups.length];
        for (int i = 0; i < groups.length; i++) {
            tiles[i] = codes[groups[i]];
        }
    }

    private Codes readCodes() throws ImageException {
        return new Codes(Vp8lPrefixCode.read(in, LITERALS + LENGTHS + (cache == null ? 0 : cache.length)),
                Vp8lPrefixCode.read(in, LITERALS), Vp8lPrefixCode.read(in, LITERALS), Vp8lPrefixCode.read(in, LITERALS),
                Vp8lPrefixCode.read(in, DISTANCES));
    }

    private int[] readPixels() throws ImageException {
        int[] pixels = new int[width * height];
        int at = 0;
        while (at < pixels.length) {
            Codes codes = tiles[(at / width >> tileBits) * tileColumns + (at % width >> tileBits)];
            int code = codes.green.readSymbol(in);
            if (code >= LITERALS && code < LITERALS + LENGTHS) {
                at = copy(pixels, at, codes, code - LITERALS);
            } else {
                int pixel = code < LITERALS ? readLiteral(codes, code) : cache[code - LITERALS - LENGTHS];
                remember(pixel);
                pixels[at++] = pixel;
            }
        }
        return pixels;
    }

    private int readLiteral(Codes codes, int green) throws ImageException {
        int red = codes.red.readSymbol(in);
        int blue = codes.blue.readSymbol(in);
        return codes.alpha.readSymbol(in) << 24 | red << 16 | green << 8 | blue;
    }

    private void remember(int pixel) {
        if (cache != null) {
            cache[pixel * CACHE_HASH >>> Integer.SIZE - cacheBits] = pixel;
        }
    }

    /** Repeats pixels; returns where they end. */
    private int copy(int[] pixels, int at, Codes codes, int lengthSymbol) throws ImageException {
        int length = readPrefixed(lengthSymbol);
        int distance = distance(readPrefixed(codes.distance.readSymbol(in)));
        if (distance > at || length > pixels.length - at) {
            throw new ImageException("damaged WebP: " + length + " pixels are copied from " + distance + " before, found "
                    + at + " before and " + (pixels.length - at) + " behind");
        }
        int end = at + length;
        for (int to = at; to < end; to++) {
            pixels[to] = pixels[to - distance];
            remember(pixels[to]);
        }
        return end;
    }

    /** A length or distance whose symbol states its magnitude. */
    private int readPrefixed(int symbol) throws ImageException {
        if (symbol < 4) {
            return symbol + 1;
        }
        int extra = symbol - 2 >> 1;
        return (2 + (symbol & 1) << extra) + in.number(extra) + 1;
    }

    private int distance(int code) {
        if (code > NEAR.length) {
            return code - NEAR.length;
        }
        int near = NEAR[code - 1];
        return Math.max((near >> 4) * width + 8 - (near & 0xf), 1);
    }
}
