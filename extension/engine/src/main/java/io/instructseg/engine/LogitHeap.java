package io.instructseg.engine;

/** Gives tokens by falling logit, equal ones by rising id; only those that are asked for are put in order. */
final class LogitHeap {

    private final float[] logits;
    private final int[] ids;
    private int size;

    LogitHeap(float[] logits, int size) {
        this.logits = logits;
        this.size = size;
        this.ids = new int[size];
        for (int id = 0; id < size; id++) {
            ids[id] = id;
        }
        for (int parent = size / 2 - 1; parent >= 0; parent--) {
            sink(parent);
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    int remove() {
        int first = ids[0];
        ids[0] = ids[--size];
        sink(0);
        return first;
    }

    private void sink(int from) {
        int parent = from;
        for (int child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
            if (child + 1 < size && isBefore(ids[child + 1], ids[child])) {
                child++;
            }
            if (!isBefore(ids[child], ids[parent])) {
                return;
            }
            int moved = ids[parent];
            ids[parent] = ids[child];
            ids[child] = moved;
            parent = child;
        }
    }

    private boolean isBefore(int id, int other) {
        return logits[id] > logits[other] || logits[id] == logits[other] && id < other;
    }
}
