package io.instructseg.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What one pass over a file found wrong, told all at once. */
final class Problems {

    private static final int MOST_LISTED = 20;

    private final Path file;
    private final List<String> listed = new ArrayList<>();
    private int count;

    Problems(Path file) {
        this.file = file;
    }

    void add(String problem) {
        count++;
        if (listed.size() < MOST_LISTED) {
            listed.add(problem);
        }
    }

    void throwIfAny() throws CheckpointException {
        if (count == 0) {
            return;
        }
        String more = count > listed.size() ? "; and " + (count - listed.size()) + " more" : "";
        throw new CheckpointException(file, String.join("; ", listed) + more);
    }
}
