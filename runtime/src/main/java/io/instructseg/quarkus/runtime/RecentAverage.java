package io.instructseg.quarkus.runtime;

/** An average of durations in which the latest count most. Guarded by the queues' lock. */
final class RecentAverage {

    /** Weight of the newest. */
    private static final double NEWEST = 0.2;

    private double value;

    void add(double newest) {
        value = value == 0 ? newest : (1 - NEWEST) * value + NEWEST * newest;
    }

    /** 0 before the first. */
    double value() {
        return value;
    }
}
