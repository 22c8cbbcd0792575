package io.instructseg.engine.video;

import java.time.Duration;

/**
 * Which frames of a video are taken. They make the sequence: a frame's index and its neighbours are those among the frames
 * that are taken.
 *
 * @param start the first frame is the first that is shown then or later
 * @param end no frame is taken that is shown then or later
 * @param stride takes every frame (1), every second one (2), ...; counted from the first
 * @param interval takes the first frame of each such time from {@code start} on; zero for all. A video with fewer frames is
 *        taken whole: no frame is taken twice
 * @param count most frames; the rest is not read
 */
public record FrameSelection(Duration start, Duration end, int stride, Duration interval, long count) {

    /** A hundred years. */
    private static final Duration LATEST = Duration.ofDays(36_525);

    /** Every frame. */
    public static final FrameSelection ALL = new FrameSelection(Duration.ZERO, LATEST, 1, Duration.ZERO, Long.MAX_VALUE);

    /** @throws IllegalArgumentException naming the value that is out of range */
    public FrameSelection {
        require(!start.isNegative(), "start", start, "zero or later");
        require(end.compareTo(start) > 0, "end", end, "later than the start, " + start);
        require(end.compareTo(LATEST) <= 0, "end", end, "at most " + LATEST);
        require(stride >= 1, "stride", stride, "1 or more");
        require(!interval.isNegative(), "interval", interval, "zero or more");
        require(interval.isZero() || stride == 1, "stride", stride, "1, since there is an interval");
        require(count >= 1, "count", count, "1 or more");
    }

    private static void require(boolean fits, String name, Object found, String expected) {
        if (!fits) {
            throw new IllegalArgumentException(name + " is " + found + ", expected " + expected);
        }
    }

    /** How much of a video of some length is in range. */
    Duration span(Duration length) {
        Duration span = (length.compareTo(end) < 0 ? length : end).minus(start);
        return span.isNegative() ? Duration.ZERO : span;
    }

    /** About how many frames are taken of a video of some length with so many frames a second. */
    long expectedFrames(Duration length, double rate) {
        double seconds = span(length).toNanos() * 1e-9;
        double most = Math.ceil(seconds * rate / stride);
        double due = interval.isZero() ? most : Math.ceil(seconds / (interval.toNanos() * 1e-9));
        return Math.min(count, (long) Math.min(most, due));
    }

    /** Frames shown from {@code start} on. */
    public FrameSelection from(Duration start) {
        return new FrameSelection(start, end, stride, interval, count);
    }

    /** Frames shown before {@code end}. */
    public FrameSelection until(Duration end) {
        return new FrameSelection(start, end, stride, interval, count);
    }

    /** Every {@code stride}-th frame. */
    public FrameSelection stride(int stride) {
        return new FrameSelection(start, end, stride, interval, count);
    }

    /** One frame in each {@code interval}. */
    public FrameSelection every(Duration interval) {
        return new FrameSelection(start, end, stride, interval, count);
    }

    /** The first {@code count} frames. */
    public FrameSelection first(long count) {
        return new FrameSelection(start, end, stride, interval, count);
    }
}
