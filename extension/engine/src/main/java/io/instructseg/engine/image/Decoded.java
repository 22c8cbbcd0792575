package io.instructseg.engine.image;

/**
 * What a format's decoder returns.
 *
 * @param image the pixels as stored, before the orientation is applied
 * @param truncated whether the data ended before the picture did
 * @param exif the EXIF block, with or without its {@code Exif\0\0} header; empty if there is none
 */
record Decoded(RgbImage image, boolean truncated, byte[] exif) {

    static final byte[] NO_EXIF = {};
}
