package io.instructseg.engine.image;

import java.util.Arrays;

/**
 * The official preprocessing up to, not including, normalisation, which the graph does from these bytes.
 */
public final class Preprocessing {

    /** Gray that the padding has before normalisation ({@code IVSDatasetMapper}). */
    private static final byte PADDING = (byte) 128;

    private Preprocessing() {
    }

    /**
     * What SigLIP sees ({@code SiglipImageProcessor}): {@code size} x {@code size}, bicubic, the aspect not kept.
     */
    public static RgbImage siglipInput(RgbImage image, int size) {
        return PillowResize.bicubic(image, size, size);
    }

    /**
     * What the Swin backbone sees (detectron2's {@code ResizeShortestEdge} with {@code short_edge_length = max_size = size}
     * and {@code FixedSizeCrop}): bilinear, the longer side {@code size}, padded right and below. A short side that rounds
     * to 0, where the official code fails, is 1 pixel here.
     */
    public static BackboneInput backboneInput(RgbImage image, int size) {
        int[] shape = contentShape(image.height(), image.width(), size);
        int contentHeight = Math.max(1, shape[0]);
        int contentWidth = Math.max(1, shape[1]);
        RgbImage content = PillowResize.bilinear(image, contentWidth, contentHeight);
        return new BackboneInput(pad(content, size), contentHeight, contentWidth);
    }

    /** Height and width of detectron2's {@code ResizeShortestEdge.get_output_shape}. */
    static int[] contentShape(int height, int width, int size) {
        double scale = (double) size / Math.min(height, width);
        double newHeight = height < width ? size : scale * height;
        double newWidth = height < width ? scale * width : size;
        double longest = Math.max(newHeight, newWidth);
        if (longest > size) {
            double shrink = size / longest;
            newHeight *= shrink;
            newWidth *= shrink;
        }
        return new int[] { (int) (newHeight + 0.5), (int) (newWidth + 0.5) };
    }

    private static RgbImage pad(RgbImage content, int size) {
        byte[] padded = new byte[size * size * RgbImage.CHANNELS];
        Arrays.fill(padded, PADDING);
        int stride = content.width() * RgbImage.CHANNELS;
        for (int y = 0; y < content.height(); y++) {
            System.arraycopy(content.pixels(), y * stride, padded, y * size * RgbImage.CHANNELS, stride);
        }
        return new RgbImage(size, size, padded);
    }
}
