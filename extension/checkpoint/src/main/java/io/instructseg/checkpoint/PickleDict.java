package io.instructseg.checkpoint;

import java.util.Map;

/** A {@code dict} or an {@code OrderedDict}. Not a map itself: a pickle can make it contain itself. */
final class PickleDict {

    private final Map<String, Object> values;

    PickleDict(Map<String, Object> values) {
        this.values = values;
    }

    Map<String, Object> values() {
        return values;
    }
}
