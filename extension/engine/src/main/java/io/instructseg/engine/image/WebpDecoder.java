package io.instructseg.engine.image;

final class WebpDecoder {
    static Decoded decode(byte[] data, ImageLimits limits) throws ImageException {
        throw new ImageException("todo");
    }
}
