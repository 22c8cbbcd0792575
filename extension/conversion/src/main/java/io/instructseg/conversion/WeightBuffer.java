package io.instructseg.conversion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

import io.instructseg.checkpoint.FloatChunkConsumer;
import io.instructseg.format.Precision;
import io.instructseg.model.graph.Layout;
import io.instructseg.model.graph.Weight;

/**
 * Converts weights, one after the other, to the layout and precision of the graph, in blocks as large as the buffer. A
 * transposed weight that is larger is read once for each block.
 */
final class WeightBuffer {

    private final ByteBuffer target;
    private ByteBuffer scratch = ByteBuffer.allocate(0);

    /** @param bytes size of a block */
    WeightBuffer(int bytes) {
        target = ByteBuffer.allocate(bytes);
    }

    /** Gives all elements of a weight in PyTorch's order. */
    @FunctionalInterface
    interface Reader {
        void read(FloatChunkConsumer consumer) throws IOException;
    }

    /** Takes a weight's elements as the graph has them, from the first to the last. */
    @FunctionalInterface
    interface BlockConsumer {

        /** @param block valid until this method returns */
        void accept(ByteBuffer block) throws IOException;
    }

    /** @return how many elements are not finite, in the file or in the model's precision */
    long convert(Weight weight, Reader reader, BlockConsumer blocks) throws IOException {
        if (weight.elements() == 0) {
            return 0;
        }
        Elements elements = new Elements(weight.precision(), target);
        return weight.layout() == Layout.SAME ? copy(elements, reader, blocks)
                : new Transposition(weight, elements).convert(reader, blocks);
    }

    private static long copy(Elements elements, Reader reader, BlockConsumer blocks) throws IOException {
        long[] notFinite = new long[1];
        int[] filled = new int[1];
        reader.read(chunk -> {
            while (chunk.hasRemaining()) {
                int count = Math.min(chunk.remaining(), elements.size() - filled[0]);
                notFinite[0] += elements.put(chunk.array(), chunk.arrayOffset() + chunk.position(), count, filled[0]);
                chunk.position(chunk.position() + count);
                filled[0] += count;
                if (filled[0] == elements.size()) {
                    blocks.accept(elements.first(filled[0]));
                    filled[0] = 0;
                }
            }
        });
        blocks.accept(elements.first(filled[0]));
        return notFinite[0];
    }

    /**
     * {@code [out, ..]} to {@code [.., out]}: a column of the checkpoint's matrix {@code [out, columns]} is a row of the
     * graph's.
     */
    private final class Transposition {

        private final Weight weight;
        private final Elements elements;
        private final int out;
        private final int columns;
        private long notFinite;
        /** The graph's rows that are in the block. */
        private int firstRow;
        private int rows;
        /** The element that comes next. */
        private long next;

        Transposition(Weight weight, Elements elements) {
            this.weight = weight;
            this.elements = elements;
            this.out = Math.toIntExact(weight.checkpointShape().get(0));
            this.columns = Math.toIntExact(weight.elements() / out);
        }

        long convert(Reader reader, BlockConsumer blocks) throws IOException {
            int most = elements.size() / out;
            if (most == 0) {
                throw new ConversionException(weight.name() + " " + weight.checkpointShape() + " has too many rows");
            }
            for (firstRow = 0; firstRow < columns; firstRow += rows) {
                rows = Math.min(most, columns - firstRow);
                next = 0;
                reader.read(this::put);
                blocks.accept(elements.first(rows * out));
            }
            return notFinite;
        }

        private void put(FloatBuffer chunk) {
            int count = chunk.remaining();
            Elements cast = scratch(weight.precision(), count);
            int found = cast.put(chunk.array(), chunk.arrayOffset() + chunk.position(), count, 0);
            notFinite += firstRow == 0 ? found : 0;
            for (int from = 0; from < count;) {
                int column = (int) (next % columns);
                // the rest of a row, or whole rows
                int whole = column == 0 ? (count - from) / columns : 0;
                int part = whole > 0 ? columns : Math.min(columns - column, count - from);
                transpose(cast, from, (int) (next / columns), Math.max(1, whole), column, part);
                from += Math.max(1, whole) * part;
                next += (long) Math.max(1, whole) * part;
            }
        }

        private void transpose(Elements cast, int from, int firstOut, int outs, int column, int part) {
            for (int i = 0; i < part; i++) {
                int row = row(column + i) - firstRow;
                if (row >= 0 && row < rows) {
                    elements.gather(cast, from + i, columns, outs, row * out + firstOut);
                }
            }
        }

        private int row(int column) {
            if (weight.layout() != Layout.CONVOLUTION) {
                return column;
            }
            List<Long> shape = weight.checkpointShape();
            int pixels = Math.toIntExact(shape.get(2) * shape.get(3));
            // [in, height, width] to [height, width, in]
            return column % pixels * (columns / pixels) + column / pixels;
        }
    }

    private Elements scratch(Precision precision, int count) {
        if (scratch.capacity() < count * precision.bytes()) {
            scratch = ByteBuffer.allocate(count * precision.bytes());
        }
        return new Elements(precision, scratch);
    }
}
