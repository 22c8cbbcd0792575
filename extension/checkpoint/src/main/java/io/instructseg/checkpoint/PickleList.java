package io.instructseg.checkpoint;

import java.util.List;

/** A {@code list}. Nothing in a state dict is one, but an error can then name the key at which it is. */
final class PickleList {

    private final List<Object> values;

    PickleList(List<Object> values) {
        this.values = values;
    }

    List<Object> values() {
        return values;
    }
}
