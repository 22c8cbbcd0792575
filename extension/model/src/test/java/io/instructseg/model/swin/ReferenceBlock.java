package io.instructseg.model.swin;

import java.util.Map;

/**
 * {@code SwinTransformerBlock.forward} without its feed-forward layers, step by step as in {@code swin_trans.py}, in double.
 * Matrices are {@code [in, out]}.
 */
final class ReferenceBlock {

    private final Map<String, float[]> weights;
    private final int side;
    private final int window;
    private final int shift;
    private final int heads;
    private final int padded;
    private final int channels;

    ReferenceBlock(Map<String, float[]> weights, int side, int window, int shift, int heads) {
        this.weights = weights;
        this.side = side;
        this.window = window;
        this.shift = shift;
        this.heads = heads;
        this.padded = (int) Math.ceil((double) side / window) * window;
        this.channels = weights.get("norm1.weight").length;
    }

    double[] apply(float[] x) {
        double[][][] map = roll(normaliseAndPad(x), -shift);
        double[][][] attended = new double[padded][padded][];
        int[][] regions = regions();
        for (int top = 0; top < padded; top += window) {
            for (int left = 0; left < padded; left += window) {
                attend(map, regions, top, left, attended);
            }
        }
        double[][][] back = roll(attended, shift);
        double[] result = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int token = i / channels;
            result[i] = x[i] + back[token / side][token % side][i % channels];
        }
        return result;
    }

    private double[][][] normaliseAndPad(float[] x) {
        double[][][] map = new double[padded][padded][channels];
        for (int token = 0; token < side * side; token++) {
            double mean = 0;
            double variance = 0;
            for (int c = 0; c < channels; c++) {
                mean += (double) x[token * channels + c] / channels;
            }
            for (int c = 0; c < channels; c++) {
                variance += Math.pow(x[token * channels + c] - mean, 2) / channels;
            }
            for (int c = 0; c < channels; c++) {
                map[token / side][token % side][c] = (x[token * channels + c] - mean) / Math.sqrt(variance + 1e-5)
                        * weights.get("norm1.weight")[c] + weights.get("norm1.bias")[c];
            }
        }
        return map;
    }

    /** {@code torch.roll}: what stood at i stands at i + by. */
    private double[][][] roll(double[][][] map, int by) {
        double[][][] result = new double[padded][padded][];
        for (int y = 0; y < padded; y++) {
            for (int x = 0; x < padded; x++) {
                result[Math.floorMod(y + by, padded)][Math.floorMod(x + by, padded)] = map[y][x];
            }
        }
        return result;
    }

    /** The official {@code img_mask}, from Python slices with negative bounds. */
    private int[][] regions() {
        int[][] slices = { slice(0, -window), slice(-window, -shift), slice(-shift, padded) };
        int[][] regions = new int[padded][padded];
        int count = 0;
        for (int[] rows : slices) {
            for (int[] columns : slices) {
                for (int y = rows[0]; y < rows[1]; y++) {
                    for (int x = columns[0]; x < columns[1]; x++) {
                        regions[y][x] = count;
                    }
                }
                count++;
            }
        }
        return regions;
    }

    private int[] slice(int from, int to) {
        return new int[] { bound(from), bound(to) };
    }

    private int bound(int index) {
        return Math.min(Math.max(index < 0 ? index + padded : index, 0), padded);
    }

    private void attend(double[][][] map, int[][] regions, int top, int left, double[][][] attended) {
        int n = window * window;
        double[][] qkv = new double[n][];
        int[] region = new int[n];
        for (int i = 0; i < n; i++) {
            qkv[i] = linear("attn.qkv", map[top + i / window][left + i % window], 3 * channels);
            region[i] = regions[top + i / window][left + i % window];
        }
        for (int i = 0; i < n; i++) {
            double[] mixed = new double[channels];
            for (int head = 0; head < heads; head++) {
                mix(qkv, region, i, head, mixed);
            }
            attended[top + i / window][left + i % window] = linear("attn.proj", mixed, channels);
        }
    }

    private void mix(double[][] qkv, int[] region, int i, int head, double[] mixed) {
        int size = channels / heads;
        float[] table = weights.get("attn.relative_position_bias_table");
        double[] weight = new double[qkv.length];
        double total = 0;
        for (int j = 0; j < qkv.length; j++) {
            double logit = shift > 0 && region[i] != region[j] ? -100 : 0;
            int row = i / window - j / window + window - 1;
            int column = i % window - j % window + window - 1;
            logit += table[(row * (2 * window - 1) + column) * heads + head];
            for (int c = head * size; c < (head + 1) * size; c++) {
                logit += qkv[i][c] * qkv[j][channels + c] / Math.sqrt(size);
            }
            weight[j] = Math.exp(logit);
            total += weight[j];
        }
        for (int j = 0; j < qkv.length; j++) {
            for (int c = head * size; c < (head + 1) * size; c++) {
                mixed[c] += weight[j] / total * qkv[j][2 * channels + c];
            }
        }
    }

    private double[] linear(String name, double[] x, int out) {
        float[] matrix = weights.get(name + ".weight");
        double[] result = new double[out];
        for (int o = 0; o < out; o++) {
            result[o] = weights.get(name + ".bias")[o];
            for (int c = 0; c < x.length; c++) {
                result[o] += x[c] * matrix[c * out + o];
            }
        }
        return result;
    }
}
