package io.instructseg.engine;

import java.io.IOException;
import java.nio.file.Path;

public final class ResidentModels {
    private static SegmentationModel last;

    private ResidentModels() {
    }

    public static synchronized SegmentationModel acquire(Path p) throws IOException {
        return last == null ? last = SegmentationModel.load(p) : last;
    }

    public static void release(SegmentationModel m) {
    }
}
