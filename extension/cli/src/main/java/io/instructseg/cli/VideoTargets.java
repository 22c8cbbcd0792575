package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a video's answers go.
 *
 * @param printsJson whether JSON lines go to standard output
 */
record VideoTargets(Optional<Path> masks, Optional<Path> overlay, Optional<Path> jsonl, boolean printsJson) {

    /** The files and directories, by what they hold. */
    Map<String, Path> paths() {
        Map<String, Path> paths = new LinkedHashMap<>();
        masks.ifPresent(path -> paths.put("masks", path));
        overlay.ifPresent(path -> paths.put("overlay", path));
        jsonl.ifPresent(path -> paths.put("jsonl", path));
        return paths;
    }

    /** @throws IllegalArgumentException if one would overwrite another, or the video */
    void requireDifferent(Path video) {
        Path[] all = Stream.concat(Stream.of(video), paths().values().stream())
                .map(path -> path.toAbsolutePath().normalize()).toArray(Path[]::new);
        boolean same = Stream.of(all).distinct().count() < all.length;
        Optional<Path> directory = masks.map(path -> path.toAbsolutePath().normalize());
        boolean inside = directory.isPresent()
                && Stream.of(all).anyMatch(path -> path.startsWith(directory.get()) && !path.equals(directory.get()));
        if (same || inside) {
            throw new IllegalArgumentException("--video, --masks, --overlay and --jsonl must be different, and no file in the "
                    + "directory of --masks");
        }
    }

    /** @throws IOException if they can't be written, as far as can be told before */
    void check() throws IOException {
        if (masks.isPresent()) {
            checkDirectory(masks.get());
        }
        for (Optional<Path> file : List.of(overlay, jsonl)) {
            if (file.isPresent()) {
                new OutputFile(file.get()).check();
            }
        }
    }

    private static void checkDirectory(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            new OutputFile(directory).check();
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + " exists and is no directory: masks can't be written there");
        }
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw new IOException(directory + " exists already and is not empty: masks are written to a new directory");
            }
        }
    }

    /** @param out standard output */
    VideoOutputs open(PrintWriter out) throws IOException {
        VideoOutputs outputs = new VideoOutputs();
        try {
            if (masks.isPresent()) {
                outputs.add(new MaskDirectory(masks.get()));
            }
            if (overlay.isPresent()) {
                outputs.add(new OverlayVideo(overlay.get()));
            }
            if (jsonl.isPresent()) {
                outputs.add(JsonLines.to(jsonl.get()));
            }
            if (printsJson) {
                outputs.add(JsonLines.to(out));
            }
            return outputs;
        } catch (IOException | RuntimeException | Error e) {
            outputs.close();
            throw e;
        }
    }
}
