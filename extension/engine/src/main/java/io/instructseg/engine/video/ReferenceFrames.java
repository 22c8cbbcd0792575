package io.instructseg.engine.video;

import java.util.List;
import java.util.stream.IntStream;

import io.instructseg.format.Hyperparameters;

/**
 * Which frames of a sequence are the references of a key frame, the one to segment: what the perceiver shows the language
 * model of the video around it.
 *
 * @param count how many; the model was trained with a certain number
 * @param pastOnly whether only frames before the key frame are taken
 */
public record ReferenceFrames(int count, boolean pastOnly) {

    /** The prompt grows with them, and attention's memory with the square of that. */
    public static final int MOST = Hyperparameters.MAX_REFERENCE_FRAMES;

    /** @throws IllegalArgumentException if there are less than 0 or more than {@link #MOST} */
    public ReferenceFrames {
        if (count < 0 || count > MOST) {
            throw new IllegalArgumentException("reference frames: found " + count + ", expected 0 to " + MOST);
        }
    }

    /**
     * The official choice ({@code get_reference_idx_inorder}): half of them before the key frame and half behind it; near the
     * ends of the video the window shifts. Of an odd number, {@code count - 1} away from the ends. Where the official code
     * fails, in a video of at most {@code count} frames, all others.
     */
    public static ReferenceFrames around(int count) {
        return new ReferenceFrames(count, false);
    }

    /**
     * The frames just before the key frame, for a live stream: an answer doesn't wait for frames to come. Neither the model's
     * training nor its published results are of this choice.
     */
    public static ReferenceFrames past(int count) {
        return new ReferenceFrames(count, true);
    }

    /**
     * The references of a key frame, in time order; the key frame itself where there is none.
     *
     * @param key index of the key frame
     * @param length frames of the video; while more may come, those up to {@link #lastNeeded} at least give the same
     */
    public List<Integer> of(int key, int length) {
        List<Integer> others = IntStream.rangeClosed(first(key, length), last(key, length))
                .filter(frame -> frame != key).boxed().toList();
        return others.isEmpty() ? List.of(key) : others;
    }

    private int first(int key, int length) {
        if (pastOnly || length <= count) {
            return Math.max(0, key - count);
        }
        if (key < count / 2) {
            return 0;
        }
        return key >= length - count / 2 ? length - 1 - count : key - count / 2;
    }

    private int last(int key, int length) {
        return pastOnly ? key : Math.min(length - 1, lastNeeded(key));
    }

    /** The last frame of the video, if it is that long, that has to be known to choose for a key frame. */
    public int lastNeeded(int key) {
        if (pastOnly) {
            return key;
        }
        return key < count / 2 ? count : key + count / 2;
    }

    /** The first frame that can be a reference of a key frame, however long the video is. */
    public int firstNeeded(int key) {
        return Math.max(0, key - count);
    }
}
