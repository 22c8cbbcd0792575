package io.instructseg.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The small trained model that ships with the project: 4.4 million parameters that know drawn scenes of everyday
 * objects, and nothing else. It was trained with the official code's modules and is in this jar as a converted model.
 */
public final class DemoModel {

    /** Names of the model's files, one a line. */
    private static final String INDEX = "files.txt";

    private DemoModel() {
    }

    /**
     * Writes the model into a directory, from which it can be loaded.
     *
     * @param directory created if need be; files of the same names are replaced unless they are the same already, so that a
     *        model loaded from there is seen not to have changed; one that is loaded keeps the files that it has mapped
     */
    public static void extractTo(Path directory) throws IOException {
        for (String name : files()) {
            Path file = directory.resolve(name);
            try (InputStream in = open(name)) {
                byte[] content = in.readAllBytes();
                if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
                    Files.createDirectories(file.getParent());
                    Files.deleteIfExists(file);
                    Files.write(file, content);
                }
            }
        }
    }

    private static List<String> files() throws IOException {
        try (InputStream in = open(INDEX)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = DemoModel.class.getResourceAsStream("model/" + name);
        if (in == null) {
            throw new IOException("the demo model's jar is incomplete: it has no " + name);
        }
        return in;
    }
}
