package io.instructseg.engine.video;

import java.io.IOException;
import java.nio.file.Path;

import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;

/** Writes the packets of one video stream to an MP4 file. Owns the format's native state and the open file. */
final class Mp4Muxer implements AutoCloseable {

    private final AVFormatContext context = new AVFormatContext(null);
    private final AVStream stream;
    private final AVCodecContext encoder;
    private final Path file;
    private int failure;

    /** @throws IOException if the file can't be written */
    Mp4Muxer(Path file, AVCodecContext encoder) throws IOException {
        this.file = file;
        this.encoder = encoder;
        FFmpeg.require(avformat.avformat_alloc_output_context2(context, null, "mp4", (String) null),
                "avformat_alloc_output_context2");
        try {
            stream = FFmpeg.require(avformat.avformat_new_stream(context, null), "avformat_new_stream");
            open();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void open() throws IOException {
        stream.time_base(encoder.time_base());
        FFmpeg.require(avcodec.avcodec_parameters_from_context(stream.codecpar(), encoder), "avcodec_parameters_from_context");
        AVIOContext output = new AVIOContext(null);
        requireWritten(avformat.avio_open(output, "file:" + file.toAbsolutePath(), avformat.AVIO_FLAG_WRITE));
        context.pb(output);
        requireWritten(avformat.avformat_write_header(context, (AVDictionary) null));
    }

    /** @param duration in the encoder's ticks */
    void write(AVPacket packet, long duration) {
        packet.duration(duration);
        packet.stream_index(stream.index());
        avcodec.av_packet_rescale_ts(packet, encoder.time_base(), stream.time_base());
        int result = avformat.av_interleaved_write_frame(context, packet);
        failure = failure < 0 ? failure : result;
    }

    /** @throws IOException if what was written so far did not reach the file */
    void check() throws IOException {
        requireWritten(failure);
    }

    /** Writes the index; the file is complete then. */
    void finish() throws IOException {
        requireWritten(avformat.av_write_trailer(context));
        AVIOContext output = context.pb();
        context.pb(null);
        requireWritten(avformat.avio_closep(output));
    }

    private void requireWritten(int result) throws IOException {
        if (result < 0) {
            throw new IOException("the video can't be written to " + file + ": " + FFmpeg.describe(result));
        }
    }

    @Override
    public void close() {
        AVIOContext output = context.pb();
        if (output != null) {
            avformat.avio_closep(output);
        }
        avformat.avformat_free_context(context);
    }
}
