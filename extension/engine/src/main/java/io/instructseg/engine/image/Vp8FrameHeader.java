package io.instructseg.engine.image;

/**
 * The uncompressed start of a VP8 key frame (RFC 6386, section 9.1).
 *
 * @param width columns of the picture
 * @param height rows of the picture
 * @param modesStart where the first partition starts: the header's compressed rest and the prediction modes
 * @param modesEnd where it ends
 */
record Vp8FrameHeader(int width, int height, int modesStart, int modesEnd) {

    private static final int SIZE = 10;

    /**
     * Reads the header of the frame at {@code from}.
     *
     * @param size the frame's bytes as its chunk states them
     */
    static Vp8FrameHeader read(byte[] data, int from, int size) throws ImageException {
        if (size < SIZE) {
            throw new ImageException("damaged WebP: a lossy frame of " + size + " bytes, expected at least " + SIZE);
        }
        int tag = littleEndian(data, from, 3);
        int startCode = littleEndian(data, from + 3, 3);
        if (startCode != 0x2a019d || (tag & 1) != 0 || (tag >> 1 & 7) > 3 || (tag >> 4 & 1) == 0) {
            throw new ImageException("damaged WebP: a lossy frame starts with tag 0x" + Integer.toHexString(tag)
                    + ", start code 0x" + Integer.toHexString(startCode)
                    + ", expected a visible key frame of profile 0 to 3 and 0x2a019d");
        }
        int modesStart = from + SIZE;
        int modesSize = tag >> 5;
        if (modesSize > size - SIZE) {
            throw new ImageException("damaged WebP: a lossy frame's first partition claims " + modesSize + " bytes, found "
                    + (size - SIZE));
        }
        return new Vp8FrameHeader(littleEndian(data, from + 6, 2) & 0x3fff, littleEndian(data, from + 8, 2) & 0x3fff,
                modesStart, modesStart + modesSize);
    }

    /** An unsigned number of 1 to 3 bytes. */
    static int littleEndian(byte[] data, int at, int bytes) {
        int number = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            number = number << Byte.SIZE | data[at + i] & 0xff;
        }
        return number;
    }
}
