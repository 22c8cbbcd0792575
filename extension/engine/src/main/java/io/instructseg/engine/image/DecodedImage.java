package io.instructseg.engine.image;

/**
 * A decoded picture.
 *
 * @param image its pixels, upright
 * @param truncated whether the file ended before the picture did: what is missing is gray (JPEG) or black
 */
public record DecodedImage(RgbImage image, boolean truncated) {
}
