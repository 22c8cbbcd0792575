package io.instructseg.model.resolution;

import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

import io.instructseg.model.graph.Shapes;

/**
 * Mask logits to masks of a picture's size, and their scores (official {@code eval_seg}, detectron2's
 * {@code sem_seg_postprocess} and {@code SEG_instance_inference}). Only the queries asked for are upsampled, so the caller
 * bounds the memory.
 */
public final class MaskResolution {

    private final Ops tf;
    private final int paddedSize;

    /** @param paddedSize side of the backbone's input in pixels */
    public MaskResolution(Ops tf, int paddedSize) {
        this.tf = tf;
        this.paddedSize = paddedSize;
    }

    /** Pairs {@code [k, 2]} of the item and each of its queries {@code [k]}. */
    public Operand<TInt32> select(Operand<TInt32> item, Operand<TInt32> queries) {
        Operand<TInt32> items = tf.fill(tf.shape(queries), item);
        return tf.stack(List.of(items, queries), Stack.axis(1L));
    }

    /**
     * Mask logits of a picture's size, {@code [k, height, width]}.
     *
     * @param maskLogits {@code [b, q, s / 4, s / 4]}
     * @param selection {@code [k, 2]}
     * @param contentSize height and width of the picture in the padded input
     * @param imageSize height and width of the picture
     */
    public Operand<TFloat32> resize(Operand<TFloat32> maskLogits, Operand<TInt32> selection, Operand<TInt32> contentSize,
            Operand<TInt32> imageSize) {
        // [k, h, w] to one picture with k channels [1, h, w, k]: resizing many channels at once is 5 to 10 times as fast
        Operand<TFloat32> maps = tf.expandDims(Shapes.transpose(tf, tf.gatherNd(maskLogits, selection), 1, 2, 0),
                tf.constant(0));
        Operand<TFloat32> padded = bilinear(maps, tf.constant(new int[] { paddedSize, paddedSize }));
        Operand<TInt32> all = tf.constant(new int[] { -1 });
        Operand<TFloat32> content = tf.slice(padded, tf.constant(new int[4]),
                tf.concat(List.of(all, contentSize, all), tf.constant(0)));
        Operand<TFloat32> resized = tf.squeeze(bilinear(content, imageSize), Squeeze.axis(List.of(0L)));
        return Shapes.transpose(tf, resized, 2, 0, 1);
    }

    /** 1 where a logit is positive. */
    public Operand<TUint8> masks(Operand<TFloat32> logits) {
        return tf.dtypes.cast(foreground(logits), TUint8.class);
    }

    /**
     * Scores {@code [k]}: the sigmoid of the query's logit times the mean of the foreground's sigmoids, 0 without foreground.
     *
     * @param segLogits {@code [b, q]}
     * @param selection {@code [k, 2]}
     * @param logits {@code [k, height, width]}
     */
    public Operand<TFloat32> scores(Operand<TFloat32> segLogits, Operand<TInt32> selection, Operand<TFloat32> logits) {
        Operand<TFloat32> foreground = tf.dtypes.cast(foreground(logits), TFloat32.class);
        Operand<TFloat32> sum = sum(tf.math.mul(tf.math.sigmoid(logits), foreground));
        Operand<TFloat32> mean = tf.math.div(sum, tf.math.add(sum(foreground), tf.constant(1e-6f)));
        return tf.math.mul(tf.math.sigmoid(tf.gatherNd(segLogits, selection)), mean);
    }

    private Operand<TBool> foreground(Operand<TFloat32> logits) {
        return tf.math.greater(logits, tf.constant(0f));
    }

    private Operand<TFloat32> sum(Operand<TFloat32> x) {
        return tf.reduceSum(x, tf.constant(new int[] { 1, 2 }));
    }

    /** As PyTorch's {@code interpolate(mode="bilinear", align_corners=False)}. */
    private Operand<TFloat32> bilinear(Operand<TFloat32> maps, Operand<TInt32> size) {
        return tf.image.resizeBilinear(maps, size, ResizeBilinear.halfPixelCenters(true));
    }
}
