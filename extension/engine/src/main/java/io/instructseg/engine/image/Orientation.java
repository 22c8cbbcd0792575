package io.instructseg.engine.image;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;

/**
 * The eight EXIF orientations (tag 0x0112), applied as detectron2's {@code _apply_exif_orientation} does.
 * Missing, unreadable and invalid values are {@link #UPRIGHT}.
 */
public enum Orientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, true, false),
    ROTATED_180(false, true, true),
    FLIPPED(false, false, true),
    TRANSPOSED(true, false, false),
    ROTATED_90(true, false, true),
    TRANSVERSED(true, true, true),
    ROTATED_270(true, true, false);

    private static final int TAG = 0x0112;
    private static final byte[] EXIF_HEADER = { 'E', 'x', 'i', 'f', 0, 0 };

    /** Whether the stored columns are the upright rows. */
    private final boolean transposed;
    /** Whether the stored x axis runs backwards. */
    private final boolean backwardsX;
    /** Whether the stored y axis runs backwards. */
    private final boolean backwardsY;

    Orientation(boolean transposed, boolean backwardsX, boolean backwardsY) {
        this.transposed = transposed;
        this.backwardsX = backwardsX;
        this.backwardsY = backwardsY;
    }

    /**
     * The orientation by what it does.
     *
     * @param transposed whether the stored columns are the upright rows
     * @param backwardsX whether the stored x axis runs backwards
     * @param backwardsY whether the stored y axis runs backwards
     */
    public static Orientation of(boolean transposed, boolean backwardsX, boolean backwardsY) {
        return Stream.of(values()).filter(orientation -> orientation.transposed == transposed
                && orientation.backwardsX == backwardsX && orientation.backwardsY == backwardsY).findFirst().orElseThrow();
    }

    /** Reads the orientation from the first directory of an EXIF block; never fails. */
    static Orientation of(byte[] exif) {
        try {
            ByteBuffer tiff = ByteBuffer.wrap(exif).slice();
            if (tiff.remaining() >= EXIF_HEADER.length
                    && tiff.slice(0, EXIF_HEADER.length).equals(ByteBuffer.wrap(EXIF_HEADER))) {
                tiff = tiff.slice(EXIF_HEADER.length, tiff.remaining() - EXIF_HEADER.length);
            }
            int value = readTag(tiff);
            return value >= 1 && value <= values().length ? values()[value - 1] : UPRIGHT;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return UPRIGHT; // as in the official code, which swallows every error of getexif()
        }
    }

    private static int readTag(ByteBuffer tiff) {
        short order = tiff.getShort();
        if (order != 0x4949 && order != 0x4d4d) {
            return 0;
        }
        tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        if (tiff.getShort() != 42) {
            return 0;
        }
        tiff.position(tiff.getInt());
        int found = 0;
        for (int entries = tiff.getShort() & 0xffff; entries > 0 && tiff.remaining() >= 12; entries--) {
            int tag = tiff.getShort() & 0xffff;
            int type = tiff.getShort();
            int count = tiff.getInt();
            int at = tiff.position();
            tiff.position(at + 4);
            if (tag == TAG && count == 1) {
                found = readValue(tiff, at, type);
            }
        }
        return found;
    }

    private static int readValue(ByteBuffer tiff, int at, int type) {
        return switch (type) {
            case 1 -> tiff.get(at); // BYTE
            case 3 -> tiff.getShort(at); // SHORT
            case 4 -> tiff.getInt(at); // LONG
            default -> 0;
        };
    }

    /** Turns a stored picture upright. */
    public RgbImage apply(RgbImage stored) {
        if (this == UPRIGHT) {
            return stored;
        }
        int width = transposed ? stored.height() : stored.width();
        int height = transposed ? stored.width() : stored.height();
        byte[] from = stored.pixels();
        byte[] to = new byte[from.length];
        int stepX = RgbImage.CHANNELS * (backwardsX ? -1 : 1);
        int stepY = RgbImage.CHANNELS * stored.width() * (backwardsY ? -1 : 1);
        int origin = (backwardsX ? RgbImage.CHANNELS * (stored.width() - 1) : 0)
                + (backwardsY ? RgbImage.CHANNELS * stored.width() * (stored.height() - 1) : 0);
        int target = 0;
        for (int y = 0; y < height; y++) {
            int source = origin + y * (transposed ? stepX : stepY);
            for (int x = 0; x < width; x++, source += transposed ? stepY : stepX, target += RgbImage.CHANNELS) {
                to[target] = from[source];
                to[target + 1] = from[source + 1];
                to[target + 2] = from[source + 2];
            }
        }
        return new RgbImage(width, height, to);
    }
}
