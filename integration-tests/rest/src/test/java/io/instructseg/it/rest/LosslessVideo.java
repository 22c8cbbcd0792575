package io.instructseg.it.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameDirectory;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.engine.video.VideoLimits;

/** A folder of frames as a WebM file, bit for bit: VP9 without loss, in RGB. So the official answers about the frames hold. */
final class LosslessVideo implements AutoCloseable {

    private static final AVRational CLOCK = avutil.av_make_q(1, 25);
    /** VP9 in RGB has the planes green, blue, red. */
    private static final int[] CHANNELS = { 1, 2, 0 };

    private final AVFormatContext file = new AVFormatContext(null);
    private final AVIOContext io = new AVIOContext(null);
    private final AVCodecContext encoder;
    private final AVStream stream;
    private final AVFrame frame = avutil.av_frame_alloc();
    private final AVPacket packet = avcodec.av_packet_alloc();

    private LosslessVideo(Path target, int width, int height) {
        ok(avformat.avformat_alloc_output_context2(file, null, "webm", target.toString()));
        AVCodec codec = avcodec.avcodec_find_encoder_by_name("libvpx-vp9");
        encoder = avcodec.avcodec_alloc_context3(codec).width(width).height(height).pix_fmt(avutil.AV_PIX_FMT_GBRP)
                .time_base(CLOCK).colorspace(avutil.AVCOL_SPC_RGB);
        AVDictionary options = new AVDictionary(null);
        avutil.av_dict_set(options, "lossless", "1", 0);
        avutil.av_dict_set(options, "deadline", "realtime", 0);
        avutil.av_dict_set(options, "cpu-used", "8", 0);
        ok(avcodec.avcodec_open2(encoder, codec, options));
        avutil.av_dict_free(options);
        stream = avformat.avformat_new_stream(file, null).time_base(CLOCK);
        ok(avcodec.avcodec_parameters_from_context(stream.codecpar(), encoder));
        ok(avformat.avio_open(io, target.toString(), avformat.AVIO_FLAG_WRITE));
        file.pb(io);
        ok(avformat.avformat_write_header(file, (PointerPointer<?>) null));
        frame.width(width).height(height).format(avutil.AV_PIX_FMT_GBRP);
        ok(avutil.av_frame_get_buffer(frame, 0));
    }

    /** At 25 frames a second. */
    static byte[] of(Path folder) throws IOException {
        Path target = Files.createTempFile("lossless-", ".webm");
        try (FrameSource frames = FrameDirectory.open(folder, Duration.ofMillis(40), VideoLimits.DEFAULT,
                FrameSelection.ALL)) {
            Frame first = frames.next().orElseThrow();
            try (LosslessVideo video = new LosslessVideo(target, first.image().width(), first.image().height())) {
                for (Optional<Frame> next = Optional.of(first); next.isPresent(); next = frames.next()) {
                    video.write(next.get());
                }
                video.encode(null);
                ok(avformat.av_write_trailer(video.file));
            }
            return Files.readAllBytes(target);
        } finally {
            Files.delete(target);
        }
    }

    private void write(Frame picture) {
        ok(avutil.av_frame_make_writable(frame));
        RgbImage image = picture.image();
        for (int plane = 0; plane < CHANNELS.length; plane++) {
            BytePointer row = frame.data(plane);
            for (int y = 0; y < image.height(); y++) {
                for (int x = 0; x < image.width(); x++) {
                    row.put((long) y * frame.linesize(plane) + x,
                            image.pixels()[(y * image.width() + x) * 3 + CHANNELS[plane]]);
                }
            }
        }
        encode(frame.pts(picture.index()));
    }

    private void encode(AVFrame next) {
        ok(avcodec.avcodec_send_frame(encoder, next));
        while (avcodec.avcodec_receive_packet(encoder, packet) >= 0) {
            avcodec.av_packet_rescale_ts(packet, CLOCK, stream.time_base());
            ok(avformat.av_interleaved_write_frame(file, packet));
        }
    }

    @Override
    public void close() {
        avcodec.av_packet_free(packet);
        avutil.av_frame_free(frame);
        avcodec.avcodec_free_context(encoder);
        avformat.avio_closep(io);
        avformat.avformat_free_context(file);
    }

    private static void ok(int result) {
        assertThat(result).as("FFmpeg's result").isNotNegative();
    }
}
