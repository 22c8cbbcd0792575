package io.instructseg.engine.image;

import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;

/**
 * WebP, lossy and lossless; of an animation the first frame on its canvas, black where the frame doesn't reach. Only the
 * frame's own bit stream is handed on: alpha, color profiles and the rest of the container are left behind.
 */
final class WebpDecoder {

    private static final int VP8X = chunk("VP8X");
    private static final int LOSSY = chunk("VP8 ");
    private static final int LOSSLESS = chunk("VP8L");
    private static final int ANIMATION_FRAME = chunk("ANMF");
    private static final int EXIF = chunk("EXIF");

    private final ByteBuffer in;
    private final ImageLimits limits;
    private int canvasWidth;
    private int canvasHeight;
    private int left;
    private int top;
    private RgbImage frame;
    private byte[] exif = Decoded.NO_EXIF;

    private WebpDecoder(byte[] data, ImageLimits limits) {
        this.in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        this.limits = limits;
    }

    static Decoded decode(byte[] data, ImageLimits limits) throws ImageException {
        WebpDecoder decoder = new WebpDecoder(data, limits);
        decoder.readChunks(12, data.length);
        if (decoder.frame == null) {
            throw new ImageException("damaged WebP: it holds no picture");
        }
        return new Decoded(decoder.onCanvas(), false, decoder.exif);
    }

    private static int chunk(String name) {
        return name.charAt(0) | name.charAt(1) << 8 | name.charAt(2) << 16 | name.charAt(3) << 24;
    }

    private void readChunks(int from, int to) throws ImageException {
        int position = from;
        while (to - position >= 8) {
            int type = in.getInt(position);
            long size = in.getInt(position + 4) & 0xffffffffL;
            int start = position + 8;
            if (start + size > to) {
                throw new ImageException("damaged WebP: a chunk claims " + size + " bytes, found " + (to - start));
            }
            int end = start + (int) size;
            if (type == VP8X && canvasWidth == 0) {
                canvasWidth = 1 + unsigned24(start + 4);
                canvasHeight = 1 + unsigned24(start + 7);
                limits.checkSize(canvasWidth, canvasHeight);
            } else if (type == EXIF && exif.length == 0) {
                exif = Arrays.copyOfRange(in.array(), start, end);
            } else if (frame == null) {
                readFrame(type, start, end);
            }
            position = (int) Math.min((long) end + (size & 1), to);
        }
    }

    private void readFrame(int type, int start, int end) throws ImageException {
        if (type == ANIMATION_FRAME) {
            left = 2 * unsigned24(start);
            top = 2 * unsigned24(start + 3);
            readChunks(start + 16, end);
        } else if (type == LOSSY) {
            frame = Vp8Decoder.decode(in.array(), start, end - start, limits);
        } else if (type == LOSSLESS) {
            int sizes = in.getInt(start + 1);
            int width = 1 + (sizes & 0x3fff);
            int height = 1 + (sizes >> 14 & 0x3fff);
            limits.checkSize(width, height);
            frame = readBitStream(type, start, end, width, height);
        }
    }

    /** Hands the bit stream on as a file of its own. */
    private RgbImage readBitStream(int type, int start, int end, int width, int height) throws ImageException {
        int size = end - start;
        ByteBuffer file = ByteBuffer.allocate(20 + size + (size & 1)).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(chunk("RIFF")).putInt(file.capacity() - 8).putInt(chunk("WEBP")).putInt(type).putInt(size);
        file.put(in.array(), start, size);
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

    private RgbImage onCanvas() throws ImageException {
        if (canvasWidth == 0 || canvasWidth == frame.width() && canvasHeight == frame.height()) {
            return frame;
        }
        if (left + frame.width() > canvasWidth || top + frame.height() > canvasHeight) {
            throw new ImageException("damaged WebP: a frame of " + frame.width() + "x" + frame.height() + " at " + left + ","
                    + top + " exceeds the canvas of " + canvasWidth + "x" + canvasHeight);
        }
        byte[] canvas = new byte[canvasWidth * canvasHeight * RgbImage.CHANNELS];
        int stride = frame.width() * RgbImage.CHANNELS;
        for (int y = 0; y < frame.height(); y++) {
            System.arraycopy(frame.pixels(), y * stride, canvas, ((top + y) * canvasWidth + left) * RgbImage.CHANNELS, stride);
        }
        return new RgbImage(canvasWidth, canvasHeight, canvas);
    }

    private int unsigned24(int at) {
        return in.getShort(at) & 0xffff | (in.get(at + 2) & 0xff) << 16;
    }
}
