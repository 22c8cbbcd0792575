package io.instructseg.engine.video;

import java.util.function.Consumer;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.video.VideoException.Kind;

/**
 * Encodes pictures of one size to packets: H.264 by OpenH264, or MPEG-4 part 2 where a build of FFmpeg has none. Owns the
 * codec's native state, the converter and the buffers.
 */
final class PictureEncoder implements AutoCloseable {

    /** Of a second: the clock that frames are timed by. MPEG-4 counts to 65,535. */
    static final int TICKS = 60_000;
    /** What OpenH264 takes at least. */
    private static final int MIN_SIDE = 16;
    /** Steps of quantisation between nearly invisible and faint; the rate is what they need. */
    private static final int MIN_QUANTIZER = 12;
    private static final int MAX_QUANTIZER = 24;
    private static final int KEY_FRAME_INTERVAL = 60;
    private static final int CHANNELS = 3;
    private static final int UNCHANGED = 1 << 16;

    private final int width;
    private final int height;
    private final AVCodecContext context;
    private final AVFrame rgb = FFmpeg.require(avutil.av_frame_alloc(), "av_frame_alloc");
    private final AVFrame yuv = FFmpeg.require(avutil.av_frame_alloc(), "av_frame_alloc");
    private final AVPacket packet = FFmpeg.require(avcodec.av_packet_alloc(), "av_packet_alloc");
    private SwsContext converter;

    /** @throws VideoException if pictures of this size can't be encoded */
    PictureEncoder(int width, int height, AVCodec codec) throws VideoException {
        this.width = width;
        this.height = height;
        this.context = FFmpeg.require(avcodec.avcodec_alloc_context3(codec), "avcodec_alloc_context3");
        try {
            open(codec);
            allocate(rgb, avutil.AV_PIX_FMT_RGB24);
            allocate(yuv, avutil.AV_PIX_FMT_YUV420P);
            openConverter();
        } catch (VideoException | RuntimeException e) {
            close();
            throw e;
        }
    }

    static AVCodec codec() {
        AVCodec h264 = avcodec.avcodec_find_encoder_by_name("libopenh264");
        return h264 != null ? h264 : FFmpeg.require(avcodec.avcodec_find_encoder(avcodec.AV_CODEC_ID_MPEG4), "mpeg4");
    }

    /** Chroma has half the resolution: sides are even. */
    private static int padded(int side) {
        return Math.max(MIN_SIDE, side + (side & 1));
    }

    private void open(AVCodec codec) throws VideoException {
        context.width(padded(width));
        context.height(padded(height));
        context.pix_fmt(avutil.AV_PIX_FMT_YUV420P);
        context.time_base().num(1).den(TICKS);
        context.framerate().num(25).den(1); // nominal
        context.gop_size(KEY_FRAME_INTERVAL);
        context.max_b_frames(0);
        context.thread_count(1);
        context.qmin(MIN_QUANTIZER);
        context.qmax(MAX_QUANTIZER);
        context.bit_rate(8L * context.width() * context.height());
        context.flags(context.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
        context.colorspace(avutil.AVCOL_SPC_BT709);
        context.color_primaries(avutil.AVCOL_PRI_BT709);
        context.color_trc(avutil.AVCOL_TRC_BT709);
        context.color_range(avutil.AVCOL_RANGE_MPEG);
        int result = avcodec.avcodec_open2(context, codec, (AVDictionary) null);
        if (result < 0) {
            throw new VideoException(Kind.TOO_LARGE,
                    "no video of " + width + "x" + height + " can be written: " + FFmpeg.describe(result));
        }
    }

    private void allocate(AVFrame frame, int format) {
        frame.format(format);
        frame.width(context.width());
        frame.height(context.height());
        FFmpeg.require(avutil.av_frame_get_buffer(frame, 0), "av_frame_get_buffer");
    }

    private void openConverter() {
        converter = FFmpeg.require(swscale.sws_getContext(rgb.width(), rgb.height(), rgb.format(), yuv.width(), yuv.height(),
                yuv.format(), swscale.SWS_BILINEAR | swscale.SWS_ACCURATE_RND, null, null, (DoublePointer) null),
                "sws_getContext");
        IntPointer coefficients = swscale.sws_getCoefficients(swscale.SWS_CS_ITU709);
        FFmpeg.require(swscale.sws_setColorspaceDetails(converter, coefficients, 1, coefficients, 0, 0, UNCHANGED, UNCHANGED),
                "sws_setColorspaceDetails");
    }

    AVCodecContext context() {
        return context;
    }

    /** Encodes a picture; packets that are ready go to {@code muxer}, which may use them during the call only. */
    void encode(RgbImage image, long ticks, Consumer<AVPacket> muxer) {
        if (image.width() != width || image.height() != height) {
            throw new IllegalArgumentException("a picture of " + image.width() + "x" + image.height()
                    + " for a video of " + width + "x" + height);
        }
        fill(image);
        FFmpeg.require(avutil.av_frame_make_writable(yuv), "av_frame_make_writable");
        FFmpeg.require(swscale.sws_scale(converter, rgb.data(), rgb.linesize(), 0, rgb.height(), yuv.data(), yuv.linesize()),
                "sws_scale");
        yuv.pts(ticks);
        send(yuv, muxer);
    }

    /** Gives what is held back. */
    void finish(Consumer<AVPacket> muxer) {
        send(null, muxer);
    }

    private void send(AVFrame frame, Consumer<AVPacket> muxer) {
        FFmpeg.require(avcodec.avcodec_send_frame(context, frame), "avcodec_send_frame");
        while (avcodec.avcodec_receive_packet(context, packet) >= 0) {
            try {
                muxer.accept(packet);
            } finally {
                avcodec.av_packet_unref(packet);
            }
        }
    }

    /** Copies the picture; its last column and row go on to the padded size. */
    private void fill(RgbImage image) {
        byte[] row = new byte[rgb.width() * CHANNELS];
        BytePointer to = rgb.data(0);
        for (int y = 0; y < rgb.height(); y++) {
            System.arraycopy(image.pixels(), Math.min(y, height - 1) * width * CHANNELS, row, 0, width * CHANNELS);
            for (int i = width * CHANNELS; i < row.length; i++) {
                row[i] = row[i - CHANNELS];
            }
            to.position((long) y * rgb.linesize(0)).put(row, 0, row.length);
        }
    }

    @Override
    public void close() {
        swscale.sws_freeContext(converter);
        avcodec.av_packet_free(packet);
        avutil.av_frame_free(rgb);
        avutil.av_frame_free(yuv);
        avcodec.avcodec_free_context(context);
    }
}
