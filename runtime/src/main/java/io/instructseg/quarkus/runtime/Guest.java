package io.instructseg.quarkus.runtime;

/**
 * Work in steps that is, or will be, on one device. Between two steps it keeps its place, and others have their turn. Its
 * methods are called with the queues' lock held.
 *
 * @param <R> what the work is done with: the model on that device
 */
final class Guest<R> {

    private final Places places;
    private final boolean request;
    /** Null before a device took it. */
    private volatile Lane<R> lane;
    private long since;
    private boolean left;

    /** @param request whether it is one that ends by itself soon, so that the queue's end waits for it */
    Guest(Places places, boolean request) {
        this.places = places;
        this.request = request;
    }

    /** Null before a device took it. At any time, from any thread. */
    Lane<R> lane() {
        return lane;
    }

    boolean isRequest() {
        return request;
    }

    /** Whether its work is over. */
    boolean hasLeft() {
        return left;
    }

    /** Whether its next step may run on a device. */
    boolean mayRun(Lane<R> on) {
        return !left && (lane == null ? places.areFree() : lane == on);
    }

    /** How long it takes until there is a place for it, as far as one can tell. */
    double nanosUntilPlace() {
        return places.nanosUntilFree();
    }

    /** A device takes it; has no effect the second time. */
    void enter(Lane<R> on) {
        if (lane == null) {
            lane = on;
            since = System.nanoTime();
            places.take();
            on.enter(this);
        }
    }

    /** Its work is over; has no effect the second time. */
    void leave() {
        if (!left && lane != null) {
            places.give(System.nanoTime() - since);
            lane.leave(this);
        }
        left = true;
    }
}
