package io.instructseg.quarkus.runtime;

/** How much work in steps there may be: between two steps it keeps something on its device. Guarded by the queues' lock. */
final class Places {

    private final int most;
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

    void give() {
        taken--;
    }
}
