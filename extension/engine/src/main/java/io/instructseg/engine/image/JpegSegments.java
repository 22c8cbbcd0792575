package io.instructseg.engine.image;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Walks a JPEG's segments: what its header says, and the stream without the segments that decoding doesn't need (thumbnails,
 * color profiles, comments), so that the decoder behind sees nothing but tables, frame and scans.
 */
final class JpegSegments {

    /** How the components are to be read, by libjpeg's rules. */
    enum Color {
        GRAY,
        YCC,
        RGB,
        CMYK,
        YCCK
    }

    /** Far beyond the ten or so scans of a progressive picture; each costs a pass over all of it. */
    private static final int MAX_SCANS = 100;

    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP14 = 0xee;
    private static final int APP15 = 0xef;
    private static final int COM = 0xfe;

    private final byte[] data;
    private int position = 2;
    private int frame = -1;
    private boolean jfif;
    private int adobeTransform = -1;
    private byte[] exif = Decoded.NO_EXIF;
    private boolean complete;
    private byte[] stripped;

    private JpegSegments(byte[] data) {
        this.data = data;
    }

    static JpegSegments read(byte[] data, ImageLimits limits) throws ImageException {
        JpegSegments segments = new JpegSegments(data);
        segments.readHeader(limits);
        return segments;
    }

    /** Height and width stand behind the precision in the frame's segment. */
    int height() {
        return unsignedShort(frame + 1);
    }

    int width() {
        return unsignedShort(frame + 3);
    }

    byte[] exif() {
        return exif;
    }

    /** Whether the end mark is there. */
    boolean complete() {
        return complete;
    }

    byte[] stripped() {
        return stripped;
    }

    /** libjpeg's {@code default_decompress_parms}. */
    Color color() throws ImageException {
        int components = data[frame + 5];
        return switch (components) {
            case 1 -> Color.GRAY;
            case 3 -> {
                boolean namedRgb = data[frame + 6] == 'R' && data[frame + 9] == 'G' && data[frame + 12] == 'B';
                boolean rgb = adobeTransform >= 0 ? adobeTransform == 0 : namedRgb;
                yield !jfif && rgb ? Color.RGB : Color.YCC;
            }
            case 4 -> adobeTransform > 0 ? Color.YCCK : Color.CMYK;
            default -> throw new ImageException(ImageException.Kind.UNSUPPORTED,
                    "unsupported JPEG: found " + components + " components, expected 1, 3 or 4");
        };
    }

    private void readHeader(ImageLimits limits) throws ImageException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(data.length);
        kept.write(data, 0, 2);
        int marker = nextMarker();
        while (marker != SOS) {
            if (marker == EOI) {
                throw new ImageException("damaged JPEG: it ends without a picture");
            }
            int start = position - 2;
            if (!isStandalone(marker)) {
                readSegment(marker, limits);
                if (!(marker >= APP0 && marker <= APP15) && marker != COM) {
                    kept.write(data, start, position - start);
                }
            }
            marker = nextMarker();
        }
        if (frame < 0) {
            throw new ImageException("damaged JPEG: it has no frame header");
        }
        int scans = position - 2;
        kept.write(data, scans, findEnd() - scans);
        stripped = kept.toByteArray();
    }

    private void readSegment(int marker, ImageLimits limits) throws ImageException {
        int length = unsignedShort(position);
        int body = position + 2;
        int end = position + length;
        if (length < 2 || end > data.length) {
            throw new ImageException("damaged JPEG: a header segment of " + length + " bytes at byte " + position
                    + " of " + data.length);
        }
        if (isFrame(marker)) {
            readFrame(marker, body, limits);
        } else if (marker == APP0) {
            jfif |= startsWith(body, end, "JFIF\0");
        } else if (marker == APP1 && exif.length == 0 && startsWith(body, end, "Exif\0")) {
            exif = Arrays.copyOfRange(data, body, end);
        } else if (marker == APP14 && length >= 14 && startsWith(body, end, "Adobe")) {
            adobeTransform = data[body + 11] & 0xff;
        }
        position = end;
    }

    private void readFrame(int marker, int body, ImageLimits limits) throws ImageException {
        if (frame >= 0 || marker > 0xc2 || data[body] != 8) {
            throw new ImageException(ImageException.Kind.UNSUPPORTED, "unsupported JPEG: " + (frame >= 0 ? "two frames"
                    : "found process 0x" + Integer.toHexString(marker) + " with " + data[body]
                            + " bits, expected baseline or progressive Huffman coding with 8 bits"));
        }
        frame = body;
        limits.checkSize(width(), height());
    }

    /** Walks the scans up to the end mark, or the end of the data if there is none. */
    private int findEnd() throws ImageException {
        int scans = 1;
        position = Math.min(position + unsignedShort(position), data.length);
        while (position + 1 < data.length) {
            int marker = data[position] == -1 ? data[position + 1] & 0xff : 0;
            if (marker == EOI) {
                complete = true;
                return position + 2;
            }
            if (marker == SOS && ++scans > MAX_SCANS) {
                throw new ImageException("the JPEG has too many scans: the limit is " + MAX_SCANS);
            }
            if (marker == 0 || marker == 0xff || isStandalone(marker)) {
                position++;
            } else if (position + 3 < data.length) {
                position += 2 + unsignedShort(position + 2);
            } else {
                break;
            }
        }
        return data.length;
    }

    private int nextMarker() {
        while (data[position] != -1 || data[position + 1] == -1 || data[position + 1] == 0) {
            position++;
        }
        position += 2;
        return data[position - 1] & 0xff;
    }

    /** Markers without a length: restart, start, TEM. */
    private static boolean isStandalone(int marker) {
        return marker >= 0xd0 && marker <= SOI || marker == 1;
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private boolean startsWith(int from, int to, String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            if (from + i >= to || data[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int unsignedShort(int at) {
        return (data[at] & 0xff) << 8 | data[at + 1] & 0xff;
    }
}
