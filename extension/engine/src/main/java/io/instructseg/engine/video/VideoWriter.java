package io.instructseg.engine.video;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.UUID;

import org.bytedeco.ffmpeg.avcodec.AVCodec;

import io.instructseg.engine.image.RgbImage;

/**
 * Writes pictures to an MP4 file, as H.264 in YUV 4:2:0 and BT.709, each shown from its own time on. The file appears when it
 * is finished: until then, and if it is closed before, there is a hidden temporary one beside it only. Sides are padded to
 * even numbers of at least 16 by repeating the last column and row. For one thread.
 */
public final class VideoWriter implements AutoCloseable {

    private static final long NANOS = 1_000_000_000L;
    /** How long the last frame is shown if there is none before. */
    private static final long DEFAULT_TICKS = PictureEncoder.TICKS / 25;

    private final Path target;
    private final Path temporary;
    private final AVCodec codec;
    private PictureEncoder encoder;
    private Mp4Muxer muxer;
    private Duration start;
    private long lastTicks = -1;
    private long interval = DEFAULT_TICKS;
    /** Or given up. */
    private boolean finished;

    VideoWriter(Path target, AVCodec codec) throws IOException {
        this.target = target.toAbsolutePath();
        this.codec = codec;
        this.temporary = this.target.resolveSibling("." + this.target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        Files.createFile(temporary);
    }

    /**
     * Begins a file; one that is there is replaced when this one is finished.
     *
     * @throws IOException if nothing can be written there
     */
    public static VideoWriter create(Path target) throws IOException {
        FFmpeg.load();
        return new VideoWriter(target, PictureEncoder.codec());
    }

    /**
     * Adds a picture. The first one decides about the size, and is shown at the video's beginning.
     *
     * @param time when it is shown, on the clock of the other pictures; later than the one before by at least 1/60000 s
     * @throws IllegalArgumentException if the picture is of another size than the first, or not later
     * @throws VideoException if pictures of this size can't be encoded: H.264 ends at 4096x2304
     * @throws IOException if the file can't be written
     */
    public void write(RgbImage image, Duration time) throws IOException {
        requireUnfinished();
        if (muxer == null) {
            begin(image);
            start = time;
        }
        long ticks = ticks(time.minus(start));
        if (ticks <= lastTicks) {
            throw new IllegalArgumentException("frames are not in order: found one at " + time + " after one at "
                    + start.plusNanos(lastTicks * NANOS / PictureEncoder.TICKS));
        }
        interval = lastTicks < 0 ? DEFAULT_TICKS : ticks - lastTicks;
        encoder.encode(image, ticks, packet -> muxer.write(packet, interval));
        lastTicks = ticks;
        muxer.check();
    }

    private void begin(RgbImage image) throws IOException {
        encoder = new PictureEncoder(image.width(), image.height(), codec);
        try {
            muxer = new Mp4Muxer(temporary, encoder.context());
        } catch (IOException | RuntimeException e) {
            encoder.close();
            encoder = null;
            throw e;
        }
    }

    private void requireUnfinished() {
        if (finished) {
            throw new IllegalStateException("the video is finished or closed");
        }
    }

    /** Rounded to the nearest. */
    private static long ticks(Duration time) {
        return Math.addExact(Math.multiplyExact(time.getSeconds(), PictureEncoder.TICKS),
                (time.getNano() * (long) PictureEncoder.TICKS + NANOS / 2) / NANOS);
    }

    /**
     * Completes the file and puts it where it belongs.
     *
     * @throws IllegalStateException if it has no picture, or is finished
     * @throws IOException if it can't be written
     */
    public void finish() throws IOException {
        requireUnfinished();
        if (muxer == null) {
            throw new IllegalStateException("a video without a picture can't be finished");
        }
        finished = true;
        encoder.finish(packet -> muxer.write(packet, interval));
        muxer.check();
        muxer.finish();
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Frees what it holds; a file that is not finished is gone. */
    @Override
    public void close() throws IOException {
        finished = true;
        try {
            if (muxer != null) {
                muxer.close();
                muxer = null;
            }
            if (encoder != null) {
                encoder.close();
                encoder = null;
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
