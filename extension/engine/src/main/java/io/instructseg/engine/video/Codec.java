package io.instructseg.engine.video;

import java.util.Arrays;
import java.util.stream.Collectors;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.global.avcodec;

import io.instructseg.engine.video.VideoException.Kind;

/** The codecs that are decoded, all on the CPU: what cameras, browsers and screen recorders write. */
enum Codec {
    H264(avcodec.AV_CODEC_ID_H264, "h264"),
    HEVC(avcodec.AV_CODEC_ID_HEVC, "hevc"),
    AV1(avcodec.AV_CODEC_ID_AV1, "libaom-av1"),
    VP8(avcodec.AV_CODEC_ID_VP8, "vp8"),
    VP9(avcodec.AV_CODEC_ID_VP9, "vp9"),
    MPEG4(avcodec.AV_CODEC_ID_MPEG4, "mpeg4"),
    MJPEG(avcodec.AV_CODEC_ID_MJPEG, "mjpeg"),
    PRORES(avcodec.AV_CODEC_ID_PRORES, "prores"),
    GIF(avcodec.AV_CODEC_ID_GIF, "gif");

    private final int id;
    private final String decoder;

    Codec(int id, String decoder) {
        this.id = id;
        this.decoder = decoder;
    }

    /** FFmpeg's names of all decoders, as its lists have them. */
    static String decoders() {
        return Arrays.stream(values()).map(codec -> codec.decoder).collect(Collectors.joining(","));
    }

    /** FFmpeg's decoder for a codec's number. */
    static AVCodec decoder(int id) throws VideoException {
        for (Codec codec : values()) {
            AVCodec decoder = codec.id == id ? avcodec.avcodec_find_decoder_by_name(codec.decoder) : null;
            if (decoder != null) {
                return decoder;
            }
        }
        throw new VideoException(Kind.UNSUPPORTED, "the video's codec is not known: found "
                + avcodec.avcodec_get_name(id).getString() + ", expected one of " + Arrays.toString(values()));
    }
}
