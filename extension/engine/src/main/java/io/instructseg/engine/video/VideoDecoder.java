package io.instructseg.engine.video;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

import io.instructseg.engine.image.Orientation;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.video.VideoException.Kind;

/**
 * The frames of a video file, decoded by FFmpeg one at a time: MP4, MOV, WebM, MKV and GIF with H.264, HEVC, AV1, VP8, VP9,
 * MPEG-4, Motion-JPEG, ProRes or GIF's own. Frames are turned as the file says, and come in the order and with the times in
 * which they are shown, the first of the file at zero. If the size changes within the stream, frames are scaled to the first's.
 * Sound, subtitles and further streams are passed over; transparency is dropped. FFmpeg's libraries are loaded with the first
 * decoder.
 */
public final class VideoDecoder implements FrameSource {

    private final VideoLimits limits;
    private final FrameSelection selection;
    private final FrameSampler sampler;
    private final Demuxer demuxer;
    private final StreamDecoder decoder;
    private final RgbConverter converter = new RgbConverter();
    private final OptionalLong expectedFrames;
    private Long firstTicks;
    private long lastTicks;
    private long decoded;
    /** Nothing comes after it. */
    private VideoException failure;
    private boolean closed;

    private VideoDecoder(Demuxer demuxer, StreamDecoder decoder, VideoLimits limits, FrameSelection selection) {
        this.demuxer = demuxer;
        this.decoder = decoder;
        this.limits = limits;
        this.selection = selection;
        this.sampler = new FrameSampler(selection);
        this.expectedFrames = expectedFrames(demuxer, selection);
    }

    /**
     * Opens a file, told by its contents, not its name.
     *
     * @throws VideoException if it is no video of a known format and codec, or says that it is beyond the limits
     * @throws IOException if the file can't be read
     */
    public static VideoDecoder open(Path file, VideoLimits limits, FrameSelection selection) throws IOException {
        FFmpeg.load();
        Demuxer demuxer = Demuxer.open(file, limits);
        try {
            checkClaims(demuxer, limits, selection);
            return new VideoDecoder(demuxer, new StreamDecoder(demuxer, limits), limits, selection);
        } catch (IOException | RuntimeException e) {
            demuxer.close();
            throw e;
        }
    }

    /** What the file says about itself, if it does. */
    private static void checkClaims(Demuxer demuxer, VideoLimits limits, FrameSelection selection) throws VideoException {
        AVCodecParameters parameters = demuxer.stream().codecpar();
        if (parameters.width() != 0 || parameters.height() != 0) {
            limits.checkSize(parameters.width(), parameters.height());
        }
        Optional<Duration> duration = demuxer.duration();
        if (duration.isPresent() && selection.count() == Long.MAX_VALUE) {
            limits.checkDuration(selection.span(duration.get()));
        }
        if (selection.equals(FrameSelection.ALL)) {
            limits.checkFrames(demuxer.frames());
        }
    }

    /** About how many frames will be taken, for showing progress; empty if the file doesn't tell. */
    public OptionalLong expectedFrames() {
        return expectedFrames;
    }

    private static OptionalLong expectedFrames(Demuxer demuxer, FrameSelection selection) {
        Optional<Duration> duration = demuxer.duration();
        OptionalDouble rate = demuxer.frameRate();
        return duration.isEmpty() || rate.isEmpty() ? OptionalLong.empty()
                : OptionalLong.of(selection.expectedFrames(duration.get(), rate.getAsDouble()));
    }

    @Override
    public Optional<Frame> next() throws VideoException {
        if (closed) {
            throw new IllegalStateException("the video is closed");
        }
        if (failure == null) {
            try {
                return nextTaken();
            } catch (VideoException e) {
                failure = e;
            } catch (IOException e) {
                failure = new VideoException(Kind.DAMAGED, "the video can't be read: " + e, e);
            }
        }
        throw failure;
    }

    private Optional<Frame> nextTaken() throws IOException {
        while (!sampler.isFull()) {
            Optional<AVFrame> frame = nextDecoded();
            if (frame.isEmpty()) {
                break;
            }
            Duration time = time(frame.get());
            if (sampler.isOver(time)) {
                break;
            }
            int index = sampler.index();
            if (sampler.takes(time)) {
                return Optional.of(frame(index, time, frame.get()));
            }
        }
        return Optional.empty();
    }

    /** The next frame as it is coded: tests compare its planes. It is the decoder's, until the next call. */
    Optional<AVFrame> nextDecoded() throws IOException {
        Optional<AVFrame> frame = decoder.next();
        if (frame.isPresent()) {
            decoded++;
            limits.checkSize(frame.get().width(), frame.get().height());
        } else if (decoded == 0) {
            throw new VideoException(Kind.DAMAGED, "the video has no frame, expected at least one");
        }
        return frame;
    }

    /** A frame's place on the file's clock, in ticks of its time base. */
    static long ticks(AVFrame frame) {
        return frame.best_effort_timestamp();
    }

    /** From the first frame on. */
    private Duration time(AVFrame frame) throws VideoException {
        long ticks = ticks(frame);
        if (ticks == avutil.AV_NOPTS_VALUE) {
            ticks = firstTicks == null ? 0 : lastTicks + Math.max(1, frame.duration());
        }
        if (firstTicks == null) {
            firstTicks = ticks;
        } else if (ticks < lastTicks) {
            throw new VideoException(Kind.DAMAGED, "the video's frame " + (decoded - 1) + " is shown at "
                    + demuxer.time(ticks).toMillis() + " ms, before the one that it follows, at "
                    + demuxer.time(lastTicks).toMillis() + " ms");
        }
        lastTicks = ticks;
        long passed = ticks - firstTicks;
        Duration time = demuxer.time(passed < 0 ? Long.MAX_VALUE : passed);
        limits.checkDuration(time.minus(selection.start()));
        limits.checkRate(decoded, time);
        return time;
    }

    private Frame frame(int index, Duration time, AVFrame frame) throws VideoException {
        limits.checkFrames(index + 1L);
        Orientation orientation = DisplayMatrix.of(frame);
        RgbImage upright = orientation.apply(converter.convert(frame));
        return new Frame(index, time, upright);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            converter.close();
            decoder.close();
            demuxer.close();
        }
    }
}
