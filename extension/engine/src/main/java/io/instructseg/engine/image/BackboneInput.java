package io.instructseg.engine.image;

/**
 * What the Swin backbone sees.
 *
 * @param image {@code size} x {@code size}: the resized picture at the top left, 128 right of it and below
 * @param contentHeight rows of the resized picture
 * @param contentWidth columns of the resized picture
 */
public record BackboneInput(RgbImage image, int contentHeight, int contentWidth) {
}
