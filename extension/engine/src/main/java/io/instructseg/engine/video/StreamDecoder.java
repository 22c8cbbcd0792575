package io.instructseg.engine.video;

import java.io.IOException;
import java.util.Optional;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

import io.instructseg.engine.video.VideoException.Kind;

/** Decodes a video's packets to frames in the order in which they are shown. Owns the codec's native state and the frame. */
final class StreamDecoder implements AutoCloseable {

    /** Codecs hold back some dozen frames at most; a file of packets without any is not decoded to its end. */
    private static final int MAX_SILENT_PACKETS = 4096;
    /** Codecs work on whole blocks of up to 128 pixels, so their frames are larger than what is shown. */
    private static final long BLOCK_PIXELS = 1 << 16;

    private final Demuxer demuxer;
    private final AVFrame frame = FFmpeg.require(avutil.av_frame_alloc(), "av_frame_alloc");
    private final AVCodecContext context;
    private boolean draining;
    /** Why the stream ends early: thrown after the frames before. */
    private IOException damage;

    /** @throws VideoException if the codec is not known */
    StreamDecoder(Demuxer demuxer, VideoLimits limits) throws VideoException {
        this.demuxer = demuxer;
        try {
            AVCodec codec = Codec.decoder(demuxer.stream().codecpar().codec_id());
            context = FFmpeg.require(avcodec.avcodec_alloc_context3(codec), "avcodec_alloc_context3");
        } catch (VideoException | RuntimeException e) {
            avutil.av_frame_free(frame);
            throw e;
        }
        try {
            open(limits);
        } catch (VideoException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void open(VideoLimits limits) throws VideoException {
        FFmpeg.require(avcodec.avcodec_parameters_to_context(context, demuxer.stream().codecpar()),
                "avcodec_parameters_to_context");
        context.pkt_timebase(demuxer.stream().time_base());
        // segmenting takes far longer: one thread, so no frames are held back and errors come where they happen
        context.thread_count(1);
        // H.264 that does not say how far frames are reordered: as far as its level allows, rather than a guess
        context.strict_std_compliance(avcodec.FF_COMPLIANCE_STRICT);
        // crops to the exact size
        context.flags(context.flags() | avcodec.AV_CODEC_FLAG_UNALIGNED);
        context.max_pixels(2 * limits.maxPixels() + BLOCK_PIXELS);
        int result = avcodec.avcodec_open2(context, context.codec(), (AVDictionary) null);
        if (result < 0) {
            throw new VideoException(Kind.DAMAGED, "the video can't be decoded: " + FFmpeg.describe(result));
        }
    }

    /**
     * The next frame, or nothing at the end. It is this object's, and is overwritten by the next call.
     *
     * @throws VideoException where the video is damaged, after all frames before
     * @throws IOException if the file can't be read
     */
    Optional<AVFrame> next() throws IOException {
        for (int packets = 0; packets < MAX_SILENT_PACKETS; packets++) {
            int result = avcodec.avcodec_receive_frame(context, frame);
            if (result == 0) {
                requireUndamaged();
                FFmpeg.forgetMessage();
                return Optional.of(frame);
            }
            if (result == avutil.AVERROR_EOF) {
                return end();
            }
            if (result == avutil.AVERROR_EAGAIN()) {
                feed();
            } else {
                stop(undecodable(result));
            }
        }
        throw new VideoException(Kind.DAMAGED,
                "the video has no frame in " + MAX_SILENT_PACKETS + " packets in a row, expected one in each");
    }

    private Optional<AVFrame> end() throws IOException {
        if (damage != null) {
            throw damage;
        }
        return Optional.empty();
    }

    /** Codecs fill what they can't decode with what they guess. */
    private void requireUndamaged() throws IOException {
        if (frame.decode_error_flags() != 0 || (frame.flags() & AVFrame.AV_FRAME_FLAG_CORRUPT) != 0) {
            draining = true;
            damage = damage == null ? undecodable(avutil.AVERROR_INVALIDDATA) : damage;
            throw damage;
        }
    }

    private void feed() {
        try {
            AVPacket packet = demuxer.next();
            int result = avcodec.avcodec_send_packet(context, packet);
            draining |= packet == null;
            if (result < 0) {
                stop(undecodable(result));
            }
        } catch (IOException e) {
            stop(e);
        }
    }

    /** No more packets: what the codec still holds is given, then the reason is thrown. */
    private void stop(IOException reason) {
        damage = damage == null ? reason : damage;
        if (!draining) {
            draining = true;
            avcodec.avcodec_send_packet(context, null);
        }
    }

    private static VideoException undecodable(int error) {
        String reason = FFmpeg.describe(error);
        return reason.contains("icture size")
                ? new VideoException(Kind.TOO_LARGE, "the video's frames grow too large: " + reason)
                : new VideoException(Kind.DAMAGED, "the video is damaged: " + reason);
    }

    @Override
    public void close() {
        avutil.av_frame_free(frame);
        avcodec.avcodec_free_context(context);
    }
}
