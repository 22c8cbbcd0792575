package io.instructseg.model.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

import io.instructseg.format.Precision;

/**
 * What a block of the model is built with: ops in its signature's scope, and the weights below its prefix. The layers
 * take their input's width from its static shape. Products are in the model's precision, and so are the bias and the
 * activation that TensorFlow makes one operation with them; all else is in float32.
 */
public final class Block {

    private static final int GROUPS = 32;
    /** Of what a convolution multiplies at once of a picture. Less would multiply more rows twice, at the bands' edges. */
    private static final long BAND_BYTES = 64 << 20;

    private final Ops tf;
    private final Weights weights;
    private final String prefix;
    private final Rows rows;
    private final Precision precision;

    private Block(Ops tf, Weights weights, String prefix, Rows rows, Precision precision) {
        this.tf = tf;
        this.weights = weights;
        this.prefix = prefix;
        this.rows = rows;
        this.precision = precision;
    }

    /** The whole model, in the scope of a signature. */
    public static Block root(Ops tf, Weights weights) {
        return new Block(tf, weights, "", Rows.MANY, weights.precision());
    }

    /** The block whose weights' names go on with this one, after a dot. */
    public Block at(String name) {
        return new Block(tf, weights, path(name), rows, precision);
    }

    /** The same block, whose linear layers have so many rows. */
    public Block with(Rows rows) {
        return new Block(tf, weights, prefix, rows, precision);
    }

    /** The same block, whose matrices are float32 in a model of any precision. */
    public Block exact() {
        return new Block(tf, weights, prefix, rows, Precision.FLOAT32);
    }

    /** The block of a numbered list: {@code name.index}. */
    public Block at(String name, int index) {
        return at(name + "." + index);
    }

    public Ops tf() {
        return tf;
    }

    /** A vector or another small parameter, in float32. */
    public Operand<TFloat32> parameter(String name, long... shape) {
        return weights.parameter(path(name), shape);
    }

    /** Rows of the embedding table {@code name.weight}: {@code [rows, width]} at {@code [..]} gives {@code [.., width]}. */
    public Operand<TFloat32> embedding(String name, Operand<TInt32> indices, int rows, int width) {
        return weights.rows(path(name) + ".weight", indices, rows, width);
    }

    /** {@code nn.Linear}: {@code [.., in]} to {@code [.., out]}. */
    public Operand<TFloat32> linear(String name, Operand<TFloat32> x, int out) {
        return shaped(dense(name, rows(x), out), x);
    }

    /**
     * Two {@code nn.Linear} with an activation between them: {@code [.., in]} to {@code [.., out]}. The activation follows
     * the first one's product and bias directly, so that TensorFlow can make one operation of them (docs/performance.md).
     */
    public Operand<TFloat32> feedForward(String first, Operand<TFloat32> x, int hidden, Activation activation, String second,
            int out) {
        return shaped(dense(second, activation.apply(tf, dense(first, rows(x), hidden)), out), x);
    }

    /** {@code nn.Linear(bias=False)}: {@code [.., in]} to {@code [.., out]}. */
    public Operand<TFloat32> linearWithoutBias(String name, Operand<TFloat32> x, int out) {
        return shaped(multiply(rows(x), matrix(name, x, out)), x);
    }

    /** {@code nn.Conv2d(kernel_size=1)}: {@code [.., in]} to {@code [.., out]}. */
    public Operand<TFloat32> pointwise(String name, Operand<TFloat32> x, int out) {
        Operand<? extends TNumber> kernel = weights.matrix(path(name) + ".weight", precision, Layout.POINTWISE, out,
                Shapes.known(x, -1), 1, 1);
        return shaped(biased(multiply(rows(x), Matrix.of(kernel)), at(name).parameter("bias", out)), x);
    }

    /**
     * {@code nn.Conv2d} whose square kernel is as large as its stride: {@code [b, h, w, in]} to
     * {@code [b, h / size, w / size, out]}. What remains right and bottom is left out.
     */
    public Operand<TFloat32> patches(String name, Operand<TFloat32> x, int out, int size) {
        Operand<? extends TNumber> kernel = kernel(name, Shapes.known(x, 3), out, size);
        return Types.cast(tf, biased(convolve(x, kernel, size), at(name).parameter("bias", out)), TFloat32.class);
    }

    /**
     * {@code nn.Conv2d(kernel_size=3, padding=1)}: {@code [b, h, w, in]} to {@code [b, h, w, out]}. As a product of the three
     * pixels side by side with what they give to each of three rows: oneDNN's convolution reaches a third of a product's rate
     * where there is no AVX-512 (docs/performance.md). Some rows at a time, since both factor and product are large.
     */
    public Operand<TFloat32> convolution(String name, Operand<TFloat32> x, int out) {
        return convolution(name, x, out, BAND_BYTES);
    }

    Operand<TFloat32> convolution(String name, Operand<TFloat32> x, int out, long bandBytes) {
        Matrix<? extends TNumber> kernel = ofTriples(kernel(name, Shapes.known(x, 3), out, 3));
        Operand<TFloat32> framed = tf.pad(x, tf.constant(new int[][] { { 0, 0 }, { 1, 1 }, { 1, 1 }, { 0, 0 } }),
                tf.constant(0f));
        int height = Shapes.known(x, 1);
        int most = (int) Math.max(1, bandBytes / (3L * Float.BYTES * Shapes.known(x, 2) * Shapes.known(x, 3)));
        List<Operand<TFloat32>> bands = new ArrayList<>();
        for (int first = 0; first < height; first += most) {
            // one after the other, or all of them could be in memory at once
            Ops ordered = bands.isEmpty() ? tf : tf.withControlDependencies(bands.get(bands.size() - 1));
            bands.add(convolution(triples(ordered, framed, first, Math.min(most, height - first)), kernel));
        }
        Operand<TFloat32> all = bands.size() == 1 ? bands.get(0) : tf.concat(bands, tf.constant(1));
        return tf.math.add(all, at(name).parameter("bias", out));
    }

    /** {@code [b, h + 2, w, 3 * in]} by {@code [3 * in, 3 * out]} to {@code [b, h, w, out]}. */
    private Operand<TFloat32> convolution(Operand<TFloat32> triples, Matrix<? extends TNumber> kernel) {
        Operand<TFloat32> products = shaped(multiply(rows(triples), kernel), triples);
        int out = Shapes.known(products, 3) / 3;
        List<Operand<TFloat32>> rows = new ArrayList<>();
        for (int row = 0; row < 3; row++) {
            rows.add(tf.slice(products, tf.constant(new int[] { 0, row, 0, row * out }),
                    tf.constant(new int[] { -1, Shapes.known(triples, 1) - 2, -1, out })));
        }
        return tf.math.addN(rows);
    }

    /**
     * A part (0 query, 1 key, 2 value) of {@code nn.MultiheadAttention}'s joint projection: {@code [.., width]} to the same.
     */
    public Operand<TFloat32> inProjection(Operand<TFloat32> x, int part, int width) {
        Operand<? extends TNumber> matrix = weights.matrix(path("in_proj_weight"), precision, Layout.LINEAR, 3L * width, width);
        Operand<TFloat32> bias = parameter("in_proj_bias", 3L * width);
        Operand<TFloat32> slice = tf.slice(bias, tf.constant(new int[] { part * width }), tf.constant(new int[] { width }));
        return shaped(biased(multiply(rows(x), Matrix.of(columns(matrix, part * width, width))), slice), x);
    }

    /** {@code nn.LayerNorm} over the last axis. */
    public Operand<TFloat32> layerNorm(String name, Operand<TFloat32> x, float epsilon) {
        return affine(name, normalise(x, this::rowMean, epsilon), Shapes.known(x, -1));
    }

    /** {@code nn.GroupNorm(32)} of a feature map {@code [b, h, w, c]} of static height, width and channels. */
    public Operand<TFloat32> groupNorm(String name, Operand<TFloat32> x) {
        return affine(name, normalise(x, this::groupMean, 1e-5f), Shapes.known(x, 3));
    }

    /** {@code [.., c]} to {@code [.., 1]}. */
    private Operand<TFloat32> rowMean(Operand<TFloat32> x) {
        return tf.math.mean(x, tf.constant(-1), Mean.keepDims(true));
    }

    /** {@code [b, h, w, c]} to {@code [b, 1, 1, c]}; axis by axis, which is faster than at once, and more exact. */
    private Operand<TFloat32> groupMean(Operand<TFloat32> x) {
        int channels = Shapes.known(x, 3);
        int size = channels / GROUPS;
        Operand<TFloat32> channelMeans = tf.math.mean(tf.math.mean(x, tf.constant(2)), tf.constant(1));
        Operand<TFloat32> means = tf.math.mean(Shapes.reshape(tf, channelMeans, -1, GROUPS, size), tf.constant(2),
                Mean.keepDims(true));
        Operand<TFloat32> spread = tf.broadcastTo(means, Shapes.of(tf, Shapes.size(tf, x, 0), GROUPS, size));
        return Shapes.reshape(tf, spread, -1, 1, 1, channels);
    }

    /** Names a tensor after the official code's, so that comparisons can fetch it; returns it. */
    public <T extends TType> Operand<T> tap(String name, Operand<T> x) {
        return tf.withName(name).identity(x);
    }

    private Operand<TFloat32> normalise(Operand<TFloat32> x, UnaryOperator<Operand<TFloat32>> mean, float epsilon) {
        Operand<TFloat32> centred = tf.math.sub(x, mean.apply(x));
        Operand<TFloat32> variance = mean.apply(tf.math.square(centred));
        return tf.math.mul(centred, tf.math.rsqrt(tf.math.add(variance, tf.constant(epsilon))));
    }

    private Operand<TFloat32> affine(String name, Operand<TFloat32> x, int width) {
        Block norm = at(name);
        return tf.math.add(tf.math.mul(x, norm.parameter("weight", width)), norm.parameter("bias", width));
    }

    private Matrix<? extends TNumber> matrix(String name, Operand<? extends TNumber> x, int out) {
        boolean transposed = rows.transposed(precision);
        return new Matrix<>(weights.matrix(path(name) + ".weight", precision, transposed ? Layout.SAME : Layout.LINEAR, out,
                Shapes.known(x, -1)), transposed);
    }

    /**
     * A product's second factor.
     *
     * @param transposed {@code [out, in]}, not {@code [in, out]}
     */
    private record Matrix<T extends TNumber>(Operand<T> value, boolean transposed) {

        static <T extends TNumber> Matrix<T> of(Operand<T> value) {
            return new Matrix<>(value, false);
        }
    }

    /** {@code nn.Linear} of rows {@code [rows, in]}, in the type of {@link #biased}. */
    private Operand<? extends TNumber> dense(String name, Operand<? extends TNumber> x, int out) {
        return biased(multiply(x, matrix(name, x, out)), at(name).parameter("bias", out));
    }

    /** {@code [rows, in]} to {@code [rows, out]}. */
    private <T extends TNumber> Operand<? extends TNumber> multiply(Operand<? extends TNumber> x, Matrix<T> matrix) {
        Operand<T> factor = Types.cast(tf, x, matrix.value().type());
        int parts = rows.parts(precision, Shapes.known(x, 1));
        return parts > 1 ? multiplyInParts(factor, matrix.value(), parts)
                : tf.linalg.matMul(factor, matrix.value(), MatMul.transposeB(matrix.transposed()));
    }

    /** {@code [rows, in] [in, out]} as the sum of products over parts of {@code in}. */
    private <T extends TNumber> Operand<TFloat32> multiplyInParts(Operand<T> x, Operand<T> matrix, int parts) {
        int size = Shapes.known(x, 1) / parts;
        // [rows, in] to [parts, rows, size], [in, out] to [parts, size, out]
        Operand<T> split = Shapes.transpose(tf, Shapes.reshape(tf, x, -1, parts, size), 1, 0, 2);
        Operand<T> blocks = Shapes.reshape(tf, matrix, parts, size, Shapes.known(matrix, 1));
        return tf.sum(tf.train.batchMatMul(split, blocks, TFloat32.class), tf.constant(0));
    }

    /**
     * Adds the bias in the product's own type, where TensorFlow makes one operation of both, which rounds once. Not in
     * float16, for which it does not on most processors.
     */
    private Operand<? extends TNumber> biased(Operand<? extends TNumber> product, Operand<TFloat32> bias) {
        return product.type() == TFloat16.class ? plus(Types.cast(tf, product, TFloat32.class), bias) : plus(product, bias);
    }

    private <T extends TNumber> Operand<T> plus(Operand<T> product, Operand<TFloat32> bias) {
        return tf.nn.biasAdd(product, Types.cast(tf, bias, product.type()));
    }

    /** {@code [.., in]} to {@code [rows, in]}: one large product of all rows, not a batch of small ones. */
    private Operand<TFloat32> rows(Operand<TFloat32> x) {
        return x.shape().numDimensions() == 2 ? x : Shapes.reshape(tf, x, -1, Shapes.known(x, -1));
    }

    /** {@code [rows, out]} to {@code [.., out]}, x being {@code [.., in]}. */
    private Operand<TFloat32> shaped(Operand<? extends TNumber> rows, Operand<TFloat32> x) {
        Operand<TFloat32> result = Types.cast(tf, rows, TFloat32.class);
        Object[] shape = Shapes.sizes(tf, x);
        if (shape.length == 2) {
            return result;
        }
        shape[shape.length - 1] = Shapes.known(rows, 1);
        return Shapes.reshape(tf, result, shape);
    }

    private <T extends TNumber> Operand<T> columns(Operand<T> matrix, int from, int count) {
        return tf.slice(matrix, tf.constant(new int[] { 0, from }), tf.constant(new int[] { -1, count }));
    }

    /** {@code [size, size, in, out]}. */
    private Operand<? extends TNumber> kernel(String name, int in, int out, int size) {
        return weights.matrix(path(name) + ".weight", precision, Layout.CONVOLUTION, out, in, size, size);
    }

    private <T extends TNumber> Operand<T> convolve(Operand<TFloat32> x, Operand<T> kernel, long stride) {
        return tf.nn.conv2d(Types.cast(tf, x, kernel.type()), kernel, List.of(1L, stride, stride, 1L), "VALID");
    }

    /**
     * Each pixel of some rows between its neighbours, of a map in a frame of zeros {@code [b, all h + 2, w + 2, in]}:
     * {@code [b, h + 2, w, 3 * in]}.
     */
    private static Operand<TFloat32> triples(Ops tf, Operand<TFloat32> framed, int first, int height) {
        List<Operand<TFloat32>> columns = new ArrayList<>();
        for (int column = 0; column < 3; column++) {
            columns.add(tf.slice(framed, tf.constant(new int[] { 0, first, column, 0 }),
                    tf.constant(new int[] { -1, height + 2, Shapes.known(framed, 2) - 2, -1 })));
        }
        return tf.concat(columns, tf.constant(3));
    }

    /** A kernel {@code [row, column, in, out]} to {@code [column * in, row * out]}. */
    private <T extends TNumber> Matrix<T> ofTriples(Operand<T> kernel) {
        return Matrix.of(Shapes.reshape(tf, Shapes.transpose(tf, kernel, 1, 2, 0, 3), 3 * Shapes.known(kernel, 2),
                3 * Shapes.known(kernel, 3)));
    }

    private String path(String name) {
        return prefix.isEmpty() ? name : prefix + "." + name;
    }
}
