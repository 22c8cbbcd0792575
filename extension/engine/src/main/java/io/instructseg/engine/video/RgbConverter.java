package io.instructseg.engine.video;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;

import io.instructseg.engine.image.RgbImage;

/**
 * Turns decoded frames into RGB pictures, all of the first one's size: a stream that changes its size is scaled. Owns the
 * native converter and its picture.
 */
final class RgbConverter implements AutoCloseable {

    private static final int CHANNELS = 3;
    /** Chroma is interpolated, not repeated; rounding is exact. */
    private static final int QUALITY = swscale.SWS_BILINEAR | swscale.SWS_ACCURATE_RND | swscale.SWS_FULL_CHR_H_INT;
    /** Neutral, in 16.16 fixed point. */
    private static final int UNCHANGED = 1 << 16;

    /** What the converter was made for. */
    private record Source(int width, int height, int format, int colors, boolean fullRange) {
        static Source of(AVFrame frame) {
            return new Source(frame.width(), frame.height(), frame.format(), RgbConverter.colors(frame),
                    RgbConverter.isFullRange(frame));
        }
    }

    private final AVFrame rgb = FFmpeg.require(avutil.av_frame_alloc(), "av_frame_alloc");
    private SwsContext context;
    private Source source;

    /**
     * The picture that is shown, before it is turned.
     *
     * @throws VideoException if the frame's format is none that can be converted
     */
    RgbImage convert(AVFrame frame) throws VideoException {
        if (rgb.width() == 0) {
            allocate(frame.width(), frame.height());
        }
        prepare(Source.of(frame));
        FFmpeg.require(swscale.sws_scale(context, frame.data(), frame.linesize(), 0, frame.height(), rgb.data(),
                rgb.linesize()), "sws_scale");
        byte[] pixels = new byte[rgb.width() * rgb.height() * CHANNELS];
        int row = rgb.width() * CHANNELS;
        BytePointer from = rgb.data(0);
        for (int y = 0; y < rgb.height(); y++) {
            from.position((long) y * rgb.linesize(0)).get(pixels, y * row, row);
        }
        return new RgbImage(rgb.width(), rgb.height(), pixels);
    }

    private void allocate(int width, int height) {
        rgb.format(avutil.AV_PIX_FMT_RGB24);
        rgb.width(width);
        rgb.height(height);
        FFmpeg.require(avutil.av_frame_get_buffer(rgb, 0), "av_frame_get_buffer");
    }

    private void prepare(Source wanted) throws VideoException {
        if (wanted.equals(source)) {
            return;
        }
        swscale.sws_freeContext(context);
        source = null;
        context = swscale.sws_getContext(wanted.width, wanted.height, wanted.format, rgb.width(), rgb.height(),
                avutil.AV_PIX_FMT_RGB24, QUALITY, null, null, (DoublePointer) null);
        if (context == null) {
            throw new VideoException(VideoException.Kind.UNSUPPORTED, "the video's frames can't be converted to RGB: found "
                    + wanted + FFmpeg.message().map(message -> " (" + message + ")").orElse(""));
        }
        source = wanted;
        IntPointer coefficients = swscale.sws_getCoefficients(wanted.colors);
        // refused for formats that are RGB already, which need none
        swscale.sws_setColorspaceDetails(context, coefficients, wanted.fullRange ? 1 : 0, coefficients, 1, 0, UNCHANGED,
                UNCHANGED);
    }

    /** As the stream says; if it doesn't, BT.709 for more than standard definition, as players do, and BT.601 up to there. */
    private static int colors(AVFrame frame) {
        return switch (frame.colorspace()) {
            case avutil.AVCOL_SPC_BT709 -> swscale.SWS_CS_ITU709;
            case avutil.AVCOL_SPC_FCC -> swscale.SWS_CS_FCC;
            case avutil.AVCOL_SPC_BT470BG, avutil.AVCOL_SPC_SMPTE170M -> swscale.SWS_CS_ITU601;
            case avutil.AVCOL_SPC_SMPTE240M -> swscale.SWS_CS_SMPTE240M;
            case avutil.AVCOL_SPC_BT2020_NCL, avutil.AVCOL_SPC_BT2020_CL -> swscale.SWS_CS_BT2020;
            default -> frame.width() > 1024 || frame.height() > 576 ? swscale.SWS_CS_ITU709 : swscale.SWS_CS_ITU601;
        };
    }

    private static boolean isFullRange(AVFrame frame) {
        return frame.color_range() == avutil.AVCOL_RANGE_JPEG || switch (frame.format()) {
            case avutil.AV_PIX_FMT_YUVJ420P, avutil.AV_PIX_FMT_YUVJ422P, avutil.AV_PIX_FMT_YUVJ444P,
                    avutil.AV_PIX_FMT_YUVJ440P, avutil.AV_PIX_FMT_YUVJ411P ->
                true;
            default -> false;
        };
    }

    @Override
    public void close() {
        avutil.av_frame_free(rgb);
        swscale.sws_freeContext(context);
        context = null;
    }
}
