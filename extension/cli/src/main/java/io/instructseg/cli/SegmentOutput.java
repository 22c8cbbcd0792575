package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.instructseg.engine.Segmentation;

/** The files to write for one sentence. */
record SegmentOutput(Optional<OutputFile> mask, Optional<OutputFile> overlay) {

    void check() throws IOException {
        for (OutputFile file : files().values()) {
            file.check();
        }
    }

    void write(Segmentation segmentation) throws IOException {
        if (mask.isPresent()) {
            mask.get().write(segmentation.mask().toPng());
        }
        if (overlay.isPresent()) {
            overlay.get().write(segmentation.overlay());
        }
    }

    Stream<Path> paths() {
        return files().values().stream().map(OutputFile::path);
    }

    /** Those that there are, by what they hold. */
    Map<String, OutputFile> files() {
        Map<String, OutputFile> files = new LinkedHashMap<>();
        mask.ifPresent(file -> files.put("mask", file));
        overlay.ifPresent(file -> files.put("overlay", file));
        return files;
    }
}
