package io.instructseg.quarkus.runtime;

/** How much work in steps there may be: between two steps it keeps something on its device. Guarded by the queues' lock. */
final class Places {

    private final int most;
    private final RecentAverage nanos = new RecentAverage();
    private int taken;

    Places(int most) {
        this.most = most;
    }

    int most() {
        return most;
    }

    boolean areFree() {
        return taken < most;
    }

    void take() {
        taken++;
    }

    /** @param heldNanos how long it was taken */
    void give(long heldNanos) {
        taken--;
        nanos.add(heldNanos);
    }

    /** How long it takes until one is, as far as one can tell: they are given back one after the other. */
    double nanosUntilFree() {
        return areFree() ? 0 : nanos.value() / most;
    }
}
