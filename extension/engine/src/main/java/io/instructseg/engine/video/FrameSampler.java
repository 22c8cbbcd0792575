package io.instructseg.engine.video;

import java.time.Duration;

/** Takes the frames of a selection out of those of a video, which come in the order in which they are shown. */
final class FrameSampler {

    private final FrameSelection selection;
    private long inRange;
    private int taken;
    /** With an interval: when the next frame is due. */
    private Duration due;

    FrameSampler(FrameSelection selection) {
        this.selection = selection;
        this.due = selection.start();
    }

    /** The next frame's index in the sequence. */
    int index() {
        return taken;
    }

    /** Whether no further frame can be taken. */
    boolean isFull() {
        return taken == selection.count();
    }

    /** Whether a frame that is shown then comes after the last one that is taken. */
    boolean isOver(Duration time) {
        return time.compareTo(selection.end()) >= 0;
    }

    /** Whether the next frame, shown at this time, is taken. */
    boolean takes(Duration time) {
        if (time.compareTo(selection.start()) < 0) {
            return false;
        }
        boolean taking = inRange++ % selection.stride() == 0 && time.compareTo(due) >= 0;
        if (taking) {
            taken++;
            if (!selection.interval().isZero()) {
                long passed = time.minus(selection.start()).dividedBy(selection.interval());
                due = selection.start().plus(selection.interval().multipliedBy(passed + 1));
            }
        }
        return taking;
    }
}
