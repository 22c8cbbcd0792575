package io.instructseg.engine;

import java.util.Locale;

import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.mask.ProbabilityMerger;

/** What the masks of all answers to a request take on the Java heap: a bit a pixel. */
final class MaskMemory {

    /** How much of the heap one request may take. */
    private static final int SHARE = 4;

    private MaskMemory() {
    }

    /**
     * Asks before the work whether there will be room.
     *
     * @param each masks of an instruction
     * @throws ImageException if all masks of the request take more than a quarter of the heap
     */
    static void require(RgbImage image, int instructions, int each) throws ImageException {
        require(image, instructions, each, Runtime.getRuntime().maxMemory() / SHARE);
    }

    static void require(RgbImage image, int instructions, int each, long limit) throws ImageException {
        long bytes = ((long) image.width() * image.height() + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
        long masks = (long) instructions * each;
        if (masks > limit / bytes) {
            throw new ImageException(ImageException.Kind.TOO_LARGE,
                    String.format(Locale.ROOT, "the masks need too much memory: found %.1f MB (%dx%d pixels "
                            + "x %d instructions x %d candidates), the limit is %.1f MB, a quarter of the Java heap",
                            masks * 1e-6 * bytes,
                            image.width(), image.height(), instructions, each, limit * 1e-6));
        }
    }

    /**
     * Asks before the work whether there will be room to merge a frame's objects by probability.
     *
     * @throws ImageException if that takes more than a quarter of the heap
     */
    static void requireMerging(RgbImage image) throws ImageException {
        requireMerging(image, Runtime.getRuntime().maxMemory() / SHARE);
    }

    static void requireMerging(RgbImage image, long limit) throws ImageException {
        long bytes = (long) image.width() * image.height() * ProbabilityMerger.BYTES_PER_PIXEL;
        if (bytes > limit) {
            throw new ImageException(ImageException.Kind.TOO_LARGE,
                    String.format(Locale.ROOT, "merging by probability needs too much memory: found %.1f MB (%dx%d pixels), "
                            + "the limit is %.1f MB, a quarter of the Java heap", bytes * 1e-6, image.width(),
                            image.height(), limit * 1e-6));
        }
    }
}
