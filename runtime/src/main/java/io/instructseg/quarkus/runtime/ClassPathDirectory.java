package io.instructseg.quarkus.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.quarkus.runtime.util.ClassPathUtils;

/** Directories on the application's class path, in jars or not. */
public final class ClassPathDirectory {

    private ClassPathDirectory() {
    }

    static boolean has(String directory, String file) {
        return loader().getResource(directory + "/" + file) != null;
    }

    /**
     * The resource that lists the directory's files, one a line, in a native executable: its resources can be read by name
     * only.
     */
    public static String index(String directory) {
        return "META-INF/instructseg/" + directory + "/files.txt";
    }

    /** Names of the directory's files, and of those below it, with slashes. */
    public static List<String> files(String directory) throws IOException {
        try (InputStream index = loader().getResourceAsStream(index(directory))) {
            if (index != null) {
                return new String(index.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            }
        }
        Set<String> files = new TreeSet<>();
        ClassPathUtils.consumeAsPaths(loader(), directory, root -> addFiles(root, files));
        return List.copyOf(files);
    }

    private static void addFiles(Path root, Set<String> files) {
        try (Stream<Path> tree = Files.walk(root)) {
            String separator = root.getFileSystem().getSeparator();
            tree.filter(Files::isRegularFile).map(file -> root.relativize(file).toString().replace(separator, "/"))
                    .forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the files of a directory, and of those below it. */
    static void copy(String directory, Path target) throws IOException {
        for (String file : files(directory)) {
            Path copy = target.resolve(file);
            Files.createDirectories(copy.getParent());
            try (InputStream in = loader().getResourceAsStream(directory + "/" + file)) {
                if (in == null) {
                    throw new IOException(directory + "/" + file + " is not on the class path any more");
                }
                Files.copy(in, copy);
            }
        }
    }

    private static ClassLoader loader() {
        return Thread.currentThread().getContextClassLoader();
    }
}
