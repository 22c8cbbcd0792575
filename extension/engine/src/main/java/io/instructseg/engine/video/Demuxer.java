package io.instructseg.engine.video;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

import io.instructseg.engine.video.VideoException.Kind;

/** Reads the packets of a file's video stream. Owns the file, the format's native state, and the packet. */
final class Demuxer implements AutoCloseable {

    private final FileInput input;
    private final Container container;
    private final AVPacket packet = FFmpeg.require(avcodec.av_packet_alloc(), "av_packet_alloc");
    private AVFormatContext context;
    private AVStream stream;

    private Demuxer(FileInput input, Container container) {
        this.input = input;
        this.container = container;
    }

    /** @throws VideoException if it is no video of a known format within the limits */
    static Demuxer open(Path file, VideoLimits limits) throws IOException {
        FileInput input = FileInput.open(file, limits);
        try {
            Demuxer demuxer = new Demuxer(input, Container.of(input.head(Container.HEAD)));
            demuxer.open();
            return demuxer;
        } catch (IOException | RuntimeException e) {
            input.close();
            throw e;
        }
    }

    private void open() throws IOException {
        try {
            openContext();
            selectStream();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The format is given, not guessed; no other file is opened; nothing is decoded to find out about the streams. */
    private void openContext() throws IOException {
        context = FFmpeg.require(avformat.avformat_alloc_context(), "avformat_alloc_context");
        context.pb(input.context());
        AVDictionary options = new AVDictionary(null);
        try {
            avutil.av_dict_set(options, "format_whitelist", container.demuxer(), 0);
            avutil.av_dict_set(options, "codec_whitelist", Codec.decoders(), 0);
            avutil.av_dict_set(options, "protocol_whitelist", "none", 0);
            if (container == Container.MP4) {
                avutil.av_dict_set(options, "enable_drefs", "0", 0);
                avutil.av_dict_set(options, "ignore_chapters", "1", 0);
            }
            int result = avformat.avformat_open_input(context, (String) null,
                    avformat.av_find_input_format(container.demuxer()), options);
            if (result < 0) {
                context = null; // it freed it
                input.throwFailure();
                throw new VideoException(Kind.DAMAGED, "the video can't be opened: " + FFmpeg.describe(result));
            }
        } finally {
            avutil.av_dict_free(options);
        }
    }

    /** The first stream of frames that is no cover picture; the others are passed over while reading. */
    private void selectStream() throws VideoException {
        for (int i = 0; i < context.nb_streams(); i++) {
            AVStream candidate = context.streams(i);
            boolean frames = candidate.codecpar().codec_type() == avutil.AVMEDIA_TYPE_VIDEO
                    && (candidate.disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) == 0;
            if (frames && stream == null) {
                stream = candidate;
            } else {
                candidate.discard(avcodec.AVDISCARD_ALL);
            }
        }
        if (stream == null) {
            throw new VideoException(Kind.UNSUPPORTED,
                    "the file has no video: found " + context.nb_streams() + " streams, none of frames");
        }
    }

    AVStream stream() {
        return stream;
    }

    /** How long the file says that it is. */
    Optional<Duration> duration() {
        if (stream.duration() > 0) {
            return Optional.of(time(stream.duration()));
        }
        long micros = context.duration();
        return micros > 0 ? Optional.of(time(micros, 1000, 1)) : Optional.empty();
    }

    /** How many frames the file says that it has; 0 if it does not. */
    long frames() {
        return Math.max(0, stream.nb_frames());
    }

    /** How many frames a second it has on average, if the file tells. */
    OptionalDouble frameRate() {
        Optional<Duration> duration = duration();
        if (frames() > 0 && duration.isPresent()) {
            return OptionalDouble.of(frames() / (duration.get().toNanos() * 1e-9));
        }
        AVRational rate = stream.avg_frame_rate();
        return rate.num() > 0 && rate.den() > 0 ? OptionalDouble.of((double) rate.num() / rate.den()) : OptionalDouble.empty();
    }

    /** A time in the stream's ticks; what is too long for nanoseconds is the longest that they count. */
    Duration time(long ticks) {
        return time(ticks, stream.time_base().num() * 1_000_000_000L, stream.time_base().den());
    }

    private static Duration time(long ticks, long nanos, long per) {
        long time = avutil.av_rescale(ticks, nanos, per);
        return Duration.ofNanos(time == Long.MIN_VALUE ? Long.MAX_VALUE : time);
    }

    /**
     * The next packet of the video, or null at the end. It is this object's, and is overwritten by the next call.
     *
     * @throws VideoException if the file is damaged here
     * @throws IOException if the file can't be read
     */
    AVPacket next() throws IOException {
        int result;
        do {
            avcodec.av_packet_unref(packet);
            FFmpeg.forgetMessage();
            result = avformat.av_read_frame(context, packet);
        } while (result >= 0 && packet.stream_index() != stream.index());
        if (result >= 0 && (packet.flags() & avcodec.AV_PKT_FLAG_CORRUPT) == 0) {
            return packet;
        }
        input.throwFailure();
        if (result == avutil.AVERROR_EOF && !endedEarly()) {
            return null;
        }
        throw new VideoException(Kind.DAMAGED, "the video's data end early or are damaged: "
                + (result < 0 ? FFmpeg.describe(result) : "a frame is incomplete"));
    }

    /** Matroska and GIF take the end of the file for the end of the video; Matroska complains. */
    private boolean endedEarly() throws IOException {
        return FFmpeg.message().isPresent() || container == Container.GIF && !GifBlocks.areComplete(input);
    }

    @Override
    public void close() {
        avcodec.av_packet_free(packet);
        if (context != null) {
            avformat.avformat_close_input(context);
            context = null;
        }
        input.close();
    }
}
