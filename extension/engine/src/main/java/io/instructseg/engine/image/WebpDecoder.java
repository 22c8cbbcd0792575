package io.instructseg.engine.image;

import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;

/**
 * WebP, lossy ({@link Vp8Decoder}) and lossless (TwelveMonkeys); of an animation the first frame on its canvas, black where
 * the frame doesn't reach. Only the frame's own bit stream is decoded: alpha beside it and color profiles are left out.
 */
final class WebpDecoder {

    private static final int LOSSLESS_HEADER = 5;

    private WebpDecoder() {
    }

    static Decoded decode(byte[] data, ImageLimits limits) throws ImageException {
        WebpContainer container = WebpContainer.read(data);
        if (container.hasCanvas()) {
            limits.checkSize(container.canvasWidth(), container.canvasHeight());
        }
        int start = container.frameStart();
        int size = container.frameSize();
        RgbImage frame = container.lossless() ? readLossless(data, start, size, limits)
                : Vp8Decoder.decode(data, start, size, limits);
        return new Decoded(container.hasCanvas() ? onCanvas(frame, container) : frame, false, container.exif());
    }

    private static RgbImage readLossless(byte[] data, int start, int size, ImageLimits limits) throws ImageException {
        if (size < LOSSLESS_HEADER) {
            throw new ImageException("damaged WebP: a lossless frame of " + size + " bytes, expected at least "
                    + LOSSLESS_HEADER);
        }
        ByteBuffer in = ByteBuffer.wrap(data, start, size).slice().order(ByteOrder.LITTLE_ENDIAN);
        int sizes = in.getInt(1);
        int width = 1 + (sizes & 0x3fff);
        int height = 1 + (sizes >> 14 & 0x3fff);
        limits.checkSize(width, height);
        return readLossless(in, width, height);
    }

    /** Hands the bit stream on as a file of its own. */
    private static RgbImage readLossless(ByteBuffer in, int width, int height) throws ImageException {
        int size = in.remaining();
        ByteBuffer file = ByteBuffer.allocate(20 + size + size % 2).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(WebpContainer.type("RIFF")).putInt(file.capacity() - 8).putInt(WebpContainer.type("WEBP"));
        file.putInt(WebpContainer.type("VP8L")).putInt(size).put(in);
        ImageReader reader = new WebPImageReaderSpi().createReaderInstance(null);
        try (ImageInputStream stream = new EndingStream(file.array())) {
            reader.setInput(stream, true, true);
            return toRgb(reader.read(0).getRaster(), width, height);
        } catch (IOException | RuntimeException e) { // the reader throws several kinds for damaged files
            throw new ImageException("damaged WebP: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    private static RgbImage toRgb(Raster raster, int width, int height) throws ImageException {
        if (raster.getWidth() != width || raster.getHeight() != height || raster.getNumBands() < RgbImage.CHANNELS) {
            throw new ImageException("damaged WebP: the decoder gave " + raster.getWidth() + "x" + raster.getHeight()
                    + ", the header claims " + width + "x" + height);
        }
        byte[] stored = ((DataBufferByte) raster.getDataBuffer()).getData();
        int[] offsets = ((ComponentSampleModel) raster.getSampleModel()).getBandOffsets();
        int step = raster.getNumBands();
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        for (int from = 0, to = 0; to < rgb.length; from += step, to += RgbImage.CHANNELS) {
            rgb[to] = stored[from + offsets[0]];
            rgb[to + 1] = stored[from + offsets[1]];
            rgb[to + 2] = stored[from + offsets[2]];
        }
        return new RgbImage(width, height, rgb);
    }

    /** Makes sure that the reader gives up: it takes what lies behind the end for zeros, a picture full of them. */
    private static final class EndingStream extends MemoryCacheImageInputStream {

        /** More than the read-ahead of a reader that has everything it needs. */
        private static final int MAX_READS_BEYOND_END = 4096;

        private int readsBeyondEnd;

        EndingStream(byte[] file) {
            super(new ByteArrayInputStream(file));
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            if (value < 0 && ++readsBeyondEnd > MAX_READS_BEYOND_END) {
                throw new IllegalStateException("the data ends before the picture does");
            }
            return value;
        }
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
