package io.instructseg.engine.video;

import java.time.Duration;

import io.instructseg.engine.video.VideoException.Kind;

/**
 * What a video may cost. Checked before work starts where the file tells, and while decoding where it doesn't.
 *
 * @param maxFrames most frames that are taken of a video
 * @param maxDuration longest time from the selection's start to the last frame that is read
 * @param maxPixels largest product of a frame's width and height
 * @param maxBytes largest file, in bytes; of a folder of frames, the largest of its files
 */
public record VideoLimits(long maxFrames, Duration maxDuration, long maxPixels, long maxBytes) {

    /** An hour at 30 frames a second of 4096x2304 pixels, in a file of 4 GiB. */
    public static final VideoLimits DEFAULT = new VideoLimits(108_000, Duration.ofHours(1), 4096 * 2304, 4L << 30);

    private static final int MAX_SIDE = 65_535;

    /** More would be beyond any camera, and beyond the clock of WebM. Bounds the frames that are decoded to be passed over. */
    private static final int MAX_FRAMES_PER_SECOND = 1000;

    public VideoLimits {
        if (maxFrames < 1 || maxPixels < 1 || maxBytes < 1 || maxDuration.isNegative() || maxDuration.isZero()) {
            throw new IllegalArgumentException("limits must be positive: maxFrames " + maxFrames + ", maxDuration "
                    + maxDuration + ", maxPixels " + maxPixels + ", maxBytes " + maxBytes);
        }
    }

    void checkBytes(long bytes) throws VideoException {
        if (bytes == 0) {
            throw new VideoException(Kind.DAMAGED, "the video is empty: found 0 bytes");
        }
        if (bytes > maxBytes) {
            throw new VideoException(Kind.TOO_LARGE,
                    "the video's file is too large: found " + bytes + " bytes, the limit is " + maxBytes);
        }
    }

    void checkSize(long width, long height) throws VideoException {
        if (width < 1 || height < 1) {
            throw new VideoException(Kind.DAMAGED,
                    "the video claims an empty size: found " + width + "x" + height + ", expected at least 1x1");
        }
        if (width > MAX_SIDE || height > MAX_SIDE || width * height > maxPixels) {
            throw new VideoException(Kind.TOO_LARGE, "the video has too many pixels: found " + width + "x" + height
                    + ", the limit is " + maxPixels + " in a frame");
        }
    }

    void checkFrames(long frames) throws VideoException {
        if (frames > maxFrames) {
            throw new VideoException(Kind.TOO_LARGE,
                    "the video has too many frames: found at least " + frames + ", the limit is " + maxFrames);
        }
    }

    /** @param span from the selection's start on */
    void checkDuration(Duration span) throws VideoException {
        if (span.compareTo(maxDuration) > 0) {
            throw new VideoException(Kind.TOO_LARGE, "the video is too long: found " + seconds(span)
                    + " s from where it is read, the limit is " + seconds(maxDuration));
        }
    }

    /** @param frames decoded until {@code time} */
    void checkRate(long frames, Duration time) throws VideoException {
        if (frames / MAX_FRAMES_PER_SECOND > time.toSeconds() + 1) {
            throw new VideoException(Kind.TOO_LARGE, "the video has too many frames: found " + frames + " in its first "
                    + seconds(time) + " s, the limit is " + MAX_FRAMES_PER_SECOND + " a second");
        }
    }

    private static String seconds(Duration time) {
        return String.valueOf(time.toMillis() / 1000.0);
    }
}
