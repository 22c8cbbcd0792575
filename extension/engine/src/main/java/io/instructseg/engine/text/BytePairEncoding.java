package io.instructseg.engine.text;

import java.util.Arrays;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;

/**
 * Byte-pair encoding of one word: while any neighbours have a merge, the one of lowest rank is applied, the leftmost first.
 * A queue finds it, so that a word of n bytes takes O(n log n) however it is made.
 */
final class BytePairEncoding {

    private static final int NONE = -1;

    private final int[] byteIds;
    private final Map<Long, Integer> ranks;
    private final int[] merged;

    /**
     * @param byteIds the id of each of the 256 bytes
     * @param ranks the rank of each {@link #pair}
     * @param merged the id that the merge of each rank makes
     */
    BytePairEncoding(int[] byteIds, Map<Long, Integer> ranks, int[] merged) {
        this.byteIds = byteIds;
        this.ranks = ranks;
        this.merged = merged;
    }

    static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    void encode(byte[] word, IntConsumer ids) {
        new Word(word).encode(ids);
    }

    /** The symbols of a word as a doubly linked list in arrays; a merge keeps the left one's place. */
    private final class Word {
        private final int[] ids;
        private final int[] next;
        private final int[] previous;
        /** Rank in the upper half, position in the lower. */
        private final PriorityQueue<Long> queue = new PriorityQueue<>();

        private Word(byte[] word) {
            ids = new int[word.length];
            next = new int[word.length];
            previous = new int[word.length];
            Arrays.setAll(ids, i -> byteIds[word[i] & 0xFF]);
            Arrays.setAll(next, i -> i + 1 < word.length ? i + 1 : NONE);
            Arrays.setAll(previous, i -> i - 1);
        }

        private void encode(IntConsumer consumer) {
            for (int i = 0; i < ids.length; i++) {
                offer(i);
            }
            while (!queue.isEmpty()) {
                long entry = queue.remove();
                int position = (int) entry;
                int rank = (int) (entry >>> 32);
                // An entry is out of date when a merge has changed either of its symbols since.
                if (rank == rankAt(position)) {
                    merge(position, rank);
                }
            }
            for (int i = 0; i != NONE && i < ids.length; i = next[i]) {
                consumer.accept(ids[i]);
            }
        }

        private void merge(int position, int rank) {
            int right = next[position];
            ids[position] = merged[rank];
            ids[right] = NONE;
            next[position] = next[right];
            if (next[right] != NONE) {
                previous[next[right]] = position;
            }
            offer(position);
            if (previous[position] != NONE) {
                offer(previous[position]);
            }
        }

        private void offer(int position) {
            int rank = rankAt(position);
            if (rank != NONE) {
                queue.add((long) rank << 32 | position);
            }
        }

        private int rankAt(int position) {
            if (ids[position] == NONE || next[position] == NONE) {
                return NONE;
            }
            return ranks.getOrDefault(pair(ids[position], ids[next[position]]), NONE);
        }
    }
}
