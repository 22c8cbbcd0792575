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
    private static final int MOST_SLOT_BITS = 17;
    /** Spreads page numbers over the slots: strides tend to be powers of two. (Knuth's multiplicative hash.) */
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final WeightFile file;
    private final int slotBits;
    private final long[] pageInSlot;
    private final byte[][] pages;

    /** @param bytes the size of what will be read, since a small tensor needs few pages */
    PageCache(WeightFile file, long bytes) {
        this.file = file;
        this.slotBits = Math.min(MOST_SLOT_BITS, Long.SIZE - Long.numberOfLeadingZeros(bytes / PAGE_BYTES) + 2);
        this.pageInSlot = new long[1 << slotBits];
        this.pages = new byte[1 << slotBits][];
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

    /** A page has two slots to be in, of which the first has the one loaded last. */
    private byte[] page(long page) throws IOException {
        int first = (int) (page * GOLDEN_RATIO >>> Long.SIZE - slotBits) & ~1;
        int second = first + 1;
        if (pageInSlot[first] == page) {
            return pages[first];
        }
        if (pageInSlot[second] == page) {
            return pages[second];
        }
        byte[] bytes = load(page, pages[second]);
        pageInSlot[second] = pageInSlot[first];
        pages[second] = pages[first];
        pageInSlot[first] = page;
        pages[first] = bytes;
        return bytes;
    }

    /** Reads a page, into the array of the one that it displaces if that fits. */
    private byte[] load(long page, byte[] displaced) throws IOException {
        long start = page * PAGE_BYTES;
        int length = (int) Math.min(PAGE_BYTES, file.size() - start);
        byte[] bytes = displaced != null && displaced.length == length ? displaced : new byte[length];
        file.read(ByteBuffer.wrap(bytes), start);
        return bytes;
    }
}
