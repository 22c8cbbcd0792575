package io.instructseg.checkpoint;

import java.util.List;

/**
 * A tensor as a pickle describes it, unchecked: a view into a storage, with sizes in elements.
 *
 * @param offset the first element in the storage
 * @param strides for each dimension, the elements from one index to the next
 */
record PickledTensor(Storage storage, long offset, List<Long> shape, List<Long> strides) {

    /** A run of elements in the archive's entry {@code data/key}. */
    record Storage(DataType dataType, String key, long elements) {
    }
}
