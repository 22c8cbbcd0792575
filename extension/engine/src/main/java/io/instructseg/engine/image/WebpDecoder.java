package io.instructseg.engine.image;

/**
 * WebP, lossy ({@link Vp8Decoder}) and lossless ({@link Vp8lDecoder}); of an animation the first frame on its canvas,
 * black where the frame doesn't reach. Only the frame's own bit stream is decoded: alpha beside it and color profiles
 * are left out.
 */
final class WebpDecoder {

    private WebpDecoder() {
    }

    static Decoded decode(byte[] data, ImageLimits limits) throws ImageException {
        WebpContainer container = WebpContainer.read(data);
        if (container.hasCanvas()) {
            limits.checkSize(container.canvasWidth(), container.canvasHeight());
        }
        int start = container.frameStart();
        int size = container.frameSize();
        int padded = size + size % 2;
        RgbImage frame = container.lossless() ? Vp8lDecoder.decode(data, start, start + padded, limits)
                : Vp8Decoder.decode(data, start, size, start + padded, limits);
        return new Decoded(container.hasCanvas() ? onCanvas(frame, container) : frame, false, container.exif());
    }

    private static RgbImage onCanvas(RgbImage frame, WebpContainer container) throws ImageException {
        int width = container.canvasWidth();
        int height = container.canvasHeight();
        if (frame.width() == width && frame.height() == height && container.left() == 0 && container.top() == 0) {
            return frame;
        }
        if (!container.animated() || container.left() + frame.width() > width || container.top() + frame.height() > height) {
            throw new ImageException("damaged WebP: a frame of " + frame.width() + "x" + frame.height() + " at "
                    + container.left() + "," + container.top() + " doesn't fit the canvas of " + width + "x" + height);
        }
        byte[] canvas = new byte[width * height * RgbImage.CHANNELS];
        int stride = frame.width() * RgbImage.CHANNELS;
        for (int y = 0; y < frame.height(); y++) {
            int to = ((container.top() + y) * width + container.left()) * RgbImage.CHANNELS;
            System.arraycopy(frame.pixels(), y * stride, canvas, to, stride);
        }
        return new RgbImage(width, height, canvas);
    }
}
