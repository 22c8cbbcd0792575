package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

import io.instructseg.engine.text.Task;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.ReferenceFrames;
import io.instructseg.quarkus.Video;
import io.instructseg.quarkus.VideoRequest;

/** The fields of a request about a video. */
public final class VideoFields extends InstructionFields {

    public static final String VIDEO = "video";
    public static final String START = "start";
    public static final String END = "end";
    public static final String STRIDE = "stride";
    public static final String EVERY = "every";
    public static final String FRAMES = "frames";
    public static final String REFERENCES = "references";
    public static final String CAUSAL = "causal";
    public static final Set<String> NAMES = Set.of(VIDEO, SENTENCES, TASK, THRESHOLD, START, END, STRIDE, EVERY, FRAMES,
            REFERENCES, CAUSAL);

    /** A year: longer than any video, and far from where numbers overflow. */
    private static final double MOST_SECONDS = 366 * 86_400.0;

    private final Map<String, Object> values = new HashMap<>();

    @Override
    public Set<String> names() {
        return NAMES;
    }

    @Override
    public void text(String name, String value) {
        switch (name) {
            case START, END, EVERY -> put(name, seconds(name, value));
            case STRIDE, FRAMES -> put(name, (int) integer(name, value, 1, Integer.MAX_VALUE));
            case REFERENCES -> put(name, (int) integer(name, value, 0, ReferenceFrames.MOST));
            case CAUSAL -> put(name, oneOf(name, "'true' or 'false'", SWITCH, value));
            default -> super.text(name, value);
        }
    }

    private void put(String name, Object value) {
        requireFirst(name, values.put(name, value));
    }

    private static Duration seconds(String name, String value) {
        String expected = "seconds, " + (name.equals(START) ? "0 or more" : "more than 0");
        double seconds = number(name, value, expected);
        long nanos = Math.round(seconds * 1e9);
        if (!(seconds >= 0 && seconds <= MOST_SECONDS) || nanos == 0 && !name.equals(START)) {
            throw badField(name, "found " + quoted(value) + ", expected " + expected);
        }
        return Duration.ofNanos(nanos);
    }

    @Override
    public RequestException unknownField(String name) {
        return badField(shortened(name), "found an unknown field, expected video, sentences, task, threshold, start, end,"
                + " stride, every, frames, references or causal");
    }

    /**
     * The request.
     *
     * @param defaultTask of a request that names none
     * @throws RequestException if there is no sentence, or fields contradict each other
     */
    public VideoRequest toRequest(Video video, Task defaultTask) {
        Integer references = (Integer) values.get(REFERENCES);
        return new VideoRequest(video, instructions(defaultTask), threshold(), selection(),
                references == null ? OptionalInt.empty() : OptionalInt.of(references), get(CAUSAL, false));
    }

    private FrameSelection selection() {
        FrameSelection all = FrameSelection.ALL;
        Duration start = get(START, all.start());
        Duration end = get(END, all.end());
        if (end.compareTo(start) <= 0) {
            throw badField(END, "found a time that is not later than start");
        }
        int stride = get(STRIDE, all.stride());
        if (values.containsKey(EVERY) && stride > 1) {
            throw badField(STRIDE, "found it together with every, expected one of them");
        }
        Integer frames = (Integer) values.get(FRAMES);
        return new FrameSelection(start, end, stride, get(EVERY, all.interval()), frames == null ? all.count() : frames);
    }

    @SuppressWarnings("unchecked")
    private <T> T get(String name, T otherwise) {
        return (T) values.getOrDefault(name, otherwise);
    }
}
