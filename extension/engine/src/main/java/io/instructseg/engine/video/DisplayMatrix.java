package io.instructseg.engine.video;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.global.avutil;

import io.instructseg.engine.image.Orientation;
import io.instructseg.engine.video.VideoException.Kind;

/** How a frame is turned or mirrored for showing it: the matrix that MP4, Matroska and H.264 carry. */
final class DisplayMatrix {

    /** Nine 32-bit numbers, row by row. */
    private static final int BYTES = 36;
    private static final int A = 0;
    private static final int B = 4;
    private static final int C = 12;
    private static final int D = 16;

    private DisplayMatrix() {
    }

    /** @throws VideoException if the frame is turned by something else than quarters */
    static Orientation of(AVFrame frame) throws VideoException {
        AVFrameSideData data = avutil.av_frame_get_side_data(frame, avutil.AV_FRAME_DATA_DISPLAYMATRIX);
        if (data == null || data.size() < BYTES) {
            return Orientation.UPRIGHT;
        }
        byte[] matrix = new byte[BYTES];
        data.data().get(matrix);
        return of(ByteBuffer.wrap(matrix).order(ByteOrder.nativeOrder()));
    }

    /** A stored pixel (x, y) is shown at (ax + cy, bx + dy), but for an offset and a scale. */
    private static Orientation of(ByteBuffer matrix) throws VideoException {
        int a = matrix.getInt(A);
        int b = matrix.getInt(B);
        int c = matrix.getInt(C);
        int d = matrix.getInt(D);
        if (b == 0 && c == 0 && a != 0 && d != 0) {
            return Orientation.of(false, a < 0, d < 0);
        }
        if (a == 0 && d == 0 && b != 0 && c != 0) {
            return Orientation.of(true, b < 0, c < 0);
        }
        throw new VideoException(Kind.UNSUPPORTED, "the video is shown turned or skewed by the matrix [" + a + " " + b + "; "
                + c + " " + d + "], expected quarter turns and mirrors only");
    }
}
