package io.instructseg.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Streams a view's elements in row-major order, in chunks of whole elements. */
final class TensorReader {

    /** A multiple of every element's size. */
    static final int CHUNK_BYTES = 1 << 20;

    private final WeightFile file;
    private final StridedView view;
    private final ChunkConsumer consumer;
    private final ByteBuffer chunk;

    private TensorReader(WeightFile file, StridedView view, ChunkConsumer consumer) {
        this.file = file;
        this.view = view;
        this.consumer = consumer;
        this.chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, view.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    }

    static void read(WeightFile file, StridedView view, ChunkConsumer consumer) throws IOException {
        if (view.bytes() == 0) {
            return;
        }
        TensorReader reader = new TensorReader(file, view, consumer);
        if (view.isContiguous()) {
            reader.readContiguous();
        } else {
            reader.gather();
        }
    }

    private void readContiguous() throws IOException {
        long end = view.start() + view.bytes();
        for (long position = view.start(); position < end;) {
            int length = (int) Math.min(chunk.capacity(), end - position);
            file.read(chunk.clear().limit(length), position);
            position += length;
            flush();
        }
    }

    /** Walks the outer dimensions like an odometer and copies the run of contiguous elements at each step. */
    private void gather() throws IOException {
        int outer = view.shape().size() - view.contiguousDimensions();
        int size = view.dataType().byteSize();
        long run = StridedView.bytes(view.dataType(), view.shape().subList(outer, view.shape().size()));
        PageCache pages = new PageCache(file, view.bytes());
        long[] index = new long[outer];
        long position = view.start();
        int d;
        do {
            copy(pages, position, run);
            for (d = outer - 1; d >= 0; d--) {
                position += view.strides().get(d) * size;
                if (++index[d] < view.shape().get(d)) {
                    break;
                }
                position -= view.strides().get(d) * view.shape().get(d) * size;
                index[d] = 0;
            }
        } while (d >= 0);
        flush();
    }

    private void copy(PageCache pages, long position, long length) throws IOException {
        for (long copied = 0; copied < length;) {
            if (!chunk.hasRemaining()) {
                flush();
            }
            copied += pages.copy(position + copied, (int) Math.min(chunk.remaining(), length - copied), chunk);
        }
    }

    private void flush() throws IOException {
        chunk.flip();
        if (chunk.hasRemaining()) {
            consumer.accept(chunk);
        }
        chunk.clear();
    }
}
