package io.instructseg.it.rest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What clients sent that is on disk. */
final class Uploads {

    private Uploads() {
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().matches("instructseg-.*\\.upload")).toList();
        }
    }
}
