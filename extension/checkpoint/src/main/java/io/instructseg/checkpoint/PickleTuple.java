package io.instructseg.checkpoint;

import java.util.ArrayList;
import java.util.List;

/** A {@code tuple}: sizes, strides, arguments, or the identification of a storage. */
final class PickleTuple {

    private final List<Object> values;

    PickleTuple(List<Object> values) {
        this.values = values;
    }

    int size() {
        return values.size();
    }

    <T> T get(PickleInput in, int index, Class<T> type, String what) throws CheckpointException {
        Object value = index < values.size() ? values.get(index) : Unpickler.None.NONE;
        if (!type.isInstance(value)) {
            throw in.error(what + " is " + PickleStack.describe(value));
        }
        return type.cast(value);
    }

    /** The tuple as sizes or strides. */
    List<Long> integers(PickleInput in, String what) throws CheckpointException {
        if (values.size() > StridedView.MOST_DIMENSIONS) {
            throw in.error(what + " has " + values.size() + " dimensions, expected at most " + StridedView.MOST_DIMENSIONS);
        }
        List<Long> integers = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            integers.add(get(in, i, Long.class, what));
        }
        return integers;
    }

    /** The storage that the tuple identifies: {@code ('storage', type, key, location, elements)}. */
    PickledTensor.Storage storage(PickleInput in) throws CheckpointException {
        String kind = get(in, 0, String.class, "the kind of a persistent id");
        if (!kind.equals("storage") || values.size() != 5) {
            throw in.error("a persistent id of " + CheckpointException.quote(kind) + " with " + values.size()
                    + " parts, expected 'storage' with 5");
        }
        DataType dataType = get(in, 1, Global.class, "the type of a storage").dataType(in);
        get(in, 3, String.class, "the location of a storage");
        return new PickledTensor.Storage(dataType, get(in, 2, String.class, "the key of a storage"),
                get(in, 4, Long.class, "the size of a storage"));
    }
}
