package io.instructseg.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Recently read pieces of a file, for tensors whose elements lie scattered: row by row through a transposed matrix, every
 * element comes from another place, and the next row's elements are their neighbours. Small pages, so that there are more
 * of them than a matrix usually has columns.
 */
final class PageCache {

    private static final int PAGE_BYTES = 512;
    private static final int SLOT_BITS = 17;
    /** Spreads page numbers over the slots: strides tend to be powers of two. (Knuth's multiplicative hash.) */
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final WeightFile file;
    private final long[] pageInSlot = new long[1 << SLOT_BITS];
    private final byte[][] pages = new byte[1 << SLOT_BITS][];

    PageCache(WeightFile file) {
        this.file = file;
        Arrays.fill(pageInSlot, -1);
    }

    /** Copies from a position to the end of its page, at most {@code most} bytes, and returns how many. */
    int copy(long position, int most, ByteBuffer target) throws IOException {
        byte[] bytes = page(position / PAGE_BYTES);
        int offset = (int) (position % PAGE_BYTES);
        int count = Math.min(most, bytes.length - offset);
        target.put(bytes, offset, count);
        return count;
    }

    private byte[] page(long page) throws IOException {
        int slot = (int) (page * GOLDEN_RATIO >>> Long.SIZE - SLOT_BITS);
        if (pageInSlot[slot] != page) {
            long start = page * PAGE_BYTES;
            byte[] bytes = pages[slot];
            int length = (int) Math.min(PAGE_BYTES, file.size() - start);
            if (bytes == null || bytes.length != length) {
                bytes = new byte[length];
            }
            pageInSlot[slot] = -1;
            file.read(ByteBuffer.wrap(bytes), start);
            pages[slot] = bytes;
            pageInSlot[slot] = page;
        }
        return pages[slot];
    }
}
