package io.instructseg.engine.image;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Pillow 10.2's antialiased resize of 8-bit pictures ({@code Resample.c}), bit for bit: a horizontal pass, then a vertical
 * one, in fixed point with 22 fractional bits, the result between them rounded to bytes. A pass whose size doesn't change is
 * skipped. Besides input and output it holds one picture of {@code width} x {@code image.height()}.
 */
public final class PillowResize {

    private static final int HALF = 1 << Coefficients.PRECISION - 1;

    private PillowResize() {
    }

    /** Resizes with the triangle filter ({@code Image.BILINEAR}). */
    public static RgbImage bilinear(RgbImage image, int width, int height) {
        return resize(image, width, height, 1, PillowResize::triangle);
    }

    /** Resizes with Keys' cubic filter, a = -0.5 ({@code Image.BICUBIC}). */
    public static RgbImage bicubic(RgbImage image, int width, int height) {
        return resize(image, width, height, 2, PillowResize::cubic);
    }

    private static double triangle(double x) {
        return Math.max(0, 1 - Math.abs(x));
    }

    private static double cubic(double signed) {
        double a = -0.5;
        double x = Math.abs(signed);
        if (x < 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }

    private static RgbImage resize(RgbImage image, int width, int height, double support, DoubleUnaryOperator filter) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("can't resize to " + width + "x" + height);
        }
        RgbImage wide = width == image.width() ? image
                : horizontal(image, Coefficients.of(image.width(), width, support, filter));
        return height == image.height() ? wide : vertical(wide, Coefficients.of(image.height(), height, support, filter));
    }

    private static RgbImage horizontal(RgbImage image, Coefficients coefficients) {
        int width = coefficients.size();
        byte[] from = image.pixels();
        byte[] to = new byte[Math.multiplyExact(width * RgbImage.CHANNELS, image.height())];
        int stride = image.width() * RgbImage.CHANNELS;
        for (int y = 0; y < image.height(); y++) {
            horizontalRow(from, y * stride, to, y * width * RgbImage.CHANNELS, coefficients);
        }
        return new RgbImage(width, image.height(), to);
    }

    private static void horizontalRow(byte[] from, int fromRow, byte[] to, int toRow, Coefficients coefficients) {
        for (int x = 0, target = toRow; x < coefficients.size(); x++, target += RgbImage.CHANNELS) {
            int[] weights = coefficients.weights(x);
            int red = HALF;
            int green = HALF;
            int blue = HALF;
            int source = fromRow + coefficients.first(x) * RgbImage.CHANNELS;
            for (int weight : weights) {
                red += weight * (from[source] & 0xff);
                green += weight * (from[source + 1] & 0xff);
                blue += weight * (from[source + 2] & 0xff);
                source += RgbImage.CHANNELS;
            }
            to[target] = clip(red);
            to[target + 1] = clip(green);
            to[target + 2] = clip(blue);
        }
    }

    private static RgbImage vertical(RgbImage image, Coefficients coefficients) {
        int stride = image.width() * RgbImage.CHANNELS;
        byte[] from = image.pixels();
        byte[] to = new byte[Math.multiplyExact(stride, coefficients.size())];
        int[] sums = new int[stride];
        for (int y = 0; y < coefficients.size(); y++) {
            Arrays.fill(sums, HALF);
            int source = coefficients.first(y) * stride;
            for (int weight : coefficients.weights(y)) {
                addRow(sums, weight, from, source);
                source += stride;
            }
            for (int i = 0; i < stride; i++) {
                to[y * stride + i] = clip(sums[i]);
            }
        }
        return new RgbImage(image.width(), coefficients.size(), to);
    }

    private static void addRow(int[] sums, int weight, byte[] from, int source) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * (from[source + i] & 0xff);
        }
    }

    private static byte clip(int sum) {
        return (byte) Math.max(0, Math.min(255, sum >> Coefficients.PRECISION));
    }

    /** For each output index the first input index and the fixed-point weights from there on. */
    private record Coefficients(int[] firsts, int[][] rows) {

        static final int PRECISION = 22;

        static Coefficients of(int in, int out, double filterSupport, DoubleUnaryOperator filter) {
            double scale = (double) in / out;
            double filterScale = Math.max(scale, 1);
            double support = filterSupport * filterScale;
            Coefficients coefficients = new Coefficients(new int[out], new int[out][]);
            for (int i = 0; i < out; i++) {
                double center = (i + 0.5) * scale;
                int first = Math.max((int) (center - support + 0.5), 0);
                int last = Math.min((int) (center + support + 0.5), in);
                coefficients.firsts[i] = first;
                coefficients.rows[i] = weights(first, last, center, 1 / filterScale, filter);
            }
            return coefficients;
        }

        private static int[] weights(int first, int last, double center, double step, DoubleUnaryOperator filter) {
            double[] weights = new double[last - first];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = filter.applyAsDouble((i + first - center + 0.5) * step);
                sum += weights[i];
            }
            int[] fixed = new int[weights.length];
            for (int i = 0; i < weights.length; i++) {
                double weight = (sum == 0 ? weights[i] : weights[i] / sum) * (1 << PRECISION);
                fixed[i] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
            }
            return fixed;
        }

        int size() {
            return firsts.length;
        }

        int first(int i) {
            return firsts[i];
        }

        int[] weights(int i) {
            return rows[i];
        }
    }
}
