package io.instructseg.quarkus.runtime.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;

/** JSON as the extension reads and writes it, whatever the host does with its own. */
public final class Json {

    /** Strict, and bounded: pictures don't pass through strings. */
    public static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(3).maxNumberLength(100)
                    .maxNameLength(1000).maxStringLength(RequestFields.MOST_CHARACTERS).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private Json() {
    }
}
