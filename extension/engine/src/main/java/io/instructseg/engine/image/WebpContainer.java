package io.instructseg.engine.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds the first frame of a WebP file, as strictly as libwebp's demuxer does: every chunk must lie within the file, and
 * what a header announces must be there. Bytes behind the file's stated end are ignored.
 */
final class WebpContainer {

    private static final int VP8X = type("VP8X");
    private static final int LOSSY = type("VP8 ");
    private static final int LOSSLESS = type("VP8L");
    private static final int ALPHA = type("ALPH");
    private static final int ANIMATION = type("ANIM");
    private static final int ANIMATION_FRAME = type("ANMF");
    private static final int EXIF = type("EXIF");

    private static final int CHUNK_HEADER = 8;
    private static final int FIRST_CHUNK = 12;
    private static final int VP8X_SIZE = 10;
    private static final int ANIMATION_SIZE = 6;
    private static final int FRAME_HEADER = 16;

    private static final int ANIMATED_FLAG = 0x02;
    private static final int EXIF_FLAG = 0x08;
    private static final int KNOWN_FLAGS = 0x3e;

    private final ByteBuffer in;
    private int flags;
    private int canvasWidth;
    private int canvasHeight;
    private int left;
    private int top;
    private boolean animationAnnounced;
    private int frameType;
    private int frameStart;
    private int frameSize;
    private byte[] exif = Decoded.NO_EXIF;

    private WebpContainer(byte[] data) {
        in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    }

    static WebpContainer read(byte[] data) throws ImageException {
        WebpContainer container = new WebpContainer(data);
        container.read();
        return container;
    }

    static int type(String name) {
        return name.charAt(0) | name.charAt(1) << 8 | name.charAt(2) << 16 | name.charAt(3) << 24;
    }

    /** Whether a canvas is stated that the frame lies on. */
    boolean hasCanvas() {
        return canvasWidth > 0;
    }

    int canvasWidth() {
        return canvasWidth;
    }

    int canvasHeight() {
        return canvasHeight;
    }

    /** Whether the frame may be smaller than the canvas. */
    boolean animated() {
        return (flags & ANIMATED_FLAG) != 0;
    }

    /** The frame's first column on the canvas. */
    int left() {
        return left;
    }

    /** The frame's first row on the canvas. */
    int top() {
        return top;
    }

    boolean lossless() {
        return frameType == LOSSLESS;
    }

    /** Where the frame's bit stream starts in the file. */
    int frameStart() {
        return frameStart;
    }

    /** Bytes of the frame's bit stream, without padding. */
    int frameSize() {
        return frameSize;
    }

    /** The EXIF block, empty if there is none. */
    byte[] exif() {
        return exif;
    }

    private void read() throws ImageException {
        long stated = (in.getInt(4) & 0xffffffffL) + CHUNK_HEADER;
        if (stated > in.capacity()) {
            throw new ImageException("damaged WebP: the file claims " + stated + " bytes, found " + in.capacity());
        }
        int end = (int) stated;
        int type = in.getInt(FIRST_CHUNK);
        int next = nextChunk(FIRST_CHUNK, end);
        if (type == VP8X) {
            readExtended(next, end);
        } else if (isFrame(type)) {
            setFrame(FIRST_CHUNK);
            if (next < end) {
                nextChunk(next, end);
            }
        }
        if (frameType == 0) {
            throw new ImageException("damaged WebP: it holds no picture");
        }
    }

    private static boolean isFrame(int type) {
        return type == LOSSY || type == LOSSLESS;
    }

    /** Where the chunk behind the one at {@code at} starts. */
    private int nextChunk(int at, int end) throws ImageException {
        if (end - at < CHUNK_HEADER) {
            throw new ImageException("damaged WebP: it ends within a chunk's header");
        }
        long size = in.getInt(at + 4) & 0xffffffffL;
        long padded = size + size % 2;
        int found = end - at - CHUNK_HEADER;
        if (padded > found) {
            throw new ImageException("damaged WebP: a chunk claims " + padded + " bytes, found " + found);
        }
        return at + CHUNK_HEADER + (int) padded;
    }

    private static int payload(int chunk) {
        return chunk + CHUNK_HEADER;
    }

    private int size(int chunk) {
        return in.getInt(chunk + 4);
    }

    private void setFrame(int chunk) {
        frameType = in.getInt(chunk);
        frameStart = payload(chunk);
        frameSize = size(chunk);
    }

    private void readExtended(int from, int end) throws ImageException {
        int header = payload(FIRST_CHUNK);
        flags = in.get(header) & 0xff;
        if (size(FIRST_CHUNK) != VP8X_SIZE || (flags & ~KNOWN_FLAGS) != 0) {
            throw new ImageException("damaged WebP: a VP8X header of " + size(FIRST_CHUNK) + " bytes with flags 0x"
                    + Integer.toHexString(flags) + ", expected " + VP8X_SIZE + " bytes and none but 0x"
                    + Integer.toHexString(KNOWN_FLAGS));
        }
        canvasWidth = 1 + unsigned24(header + 4);
        canvasHeight = 1 + unsigned24(header + 7);
        int next;
        for (int chunk = from; chunk < end; chunk = next) {
            next = nextChunk(chunk, end);
            readChunk(chunk, next);
        }
    }

    private void readChunk(int chunk, int next) throws ImageException {
        int type = in.getInt(chunk);
        boolean frame = isFrame(type);
        if (type == VP8X || frame && (animated() || frameType != 0)
                || type == ANIMATION && size(chunk) < ANIMATION_SIZE - 1
                || type == ANIMATION_FRAME && !animationAnnounced) {
            throw new ImageException("damaged WebP: chunk 0x" + Integer.toHexString(type) + " is out of place");
        }
        if (frame) {
            setFrame(chunk);
        } else if (type == ANIMATION) {
            animationAnnounced = true;
        } else if (type == ANIMATION_FRAME && animated()) {
            readAnimationFrame(payload(chunk), next);
        } else if (type == EXIF && (flags & EXIF_FLAG) != 0 && exif.length == 0) {
            exif = Arrays.copyOfRange(in.array(), payload(chunk), payload(chunk) + size(chunk));
        }
    }

    /** Takes the first frame that has a picture, and checks the others. */
    private void readAnimationFrame(int header, int end) throws ImageException {
        int chunk = header + FRAME_HEADER;
        int next = nextChunk(chunk, end);
        boolean alpha = in.getInt(chunk) == ALPHA;
        if (alpha) {
            chunk = next;
            nextChunk(chunk, end);
        }
        if (isFrame(in.getInt(chunk))) {
            if (frameType == 0) {
                left = 2 * unsigned24(header);
                top = 2 * unsigned24(header + 3);
                setFrame(chunk);
            }
        } else if (alpha) {
            throw new ImageException("damaged WebP: a frame has alpha, but no picture");
        }
    }

    private int unsigned24(int at) {
        return Vp8FrameHeader.littleEndian(in.array(), at, 3);
    }
}
