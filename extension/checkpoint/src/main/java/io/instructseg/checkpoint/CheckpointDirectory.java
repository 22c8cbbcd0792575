package io.instructseg.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The only place that a checkpoint's files are taken from: names don't lead out of it, and links don't either. */
public final class CheckpointDirectory {

    /** Separators and drive letters of any system, and control characters, which no file system needs. */
    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[/\\\\:\\p{Cntrl}]");

    private final Path path;
    private final Path realPath;

    private CheckpointDirectory(Path path, Path realPath) {
        this.path = path;
        this.realPath = realPath;
    }

    /** @throws CheckpointException if there is no such directory */
    public static CheckpointDirectory of(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            throw new CheckpointException(path, Files.exists(path) ? "not a directory" : "no such directory");
        }
        return new CheckpointDirectory(path, path.toRealPath());
    }

    /** Whether there is a file or link of this name. */
    public boolean contains(String fileName) {
        return Files.exists(path.resolve(fileName), LinkOption.NOFOLLOW_LINKS);
    }

    /** What is wrong with the name or the file, or null if it can be opened. */
    String problem(String fileName) throws IOException {
        String file = "file " + CheckpointException.quote(fileName);
        if (!isPlainName(fileName)) {
            return file + " is not the plain name of a file in this directory";
        }
        if (!contains(fileName)) {
            return file + " is missing";
        }
        Path resolved = path.resolve(fileName);
        if (!Files.exists(resolved)) {
            return file + " is a link to nothing";
        }
        if (!resolved.toRealPath().startsWith(realPath)) {
            return file + " is a link out of the directory: put the file itself here";
        }
        return null;
    }

    private boolean isPlainName(String fileName) {
        if (fileName.isEmpty() || fileName.startsWith(".") || NOT_IN_A_NAME.matcher(fileName).find()) {
            return false;
        }
        try {
            return path.resolve(fileName).getFileName().toString().equals(fileName);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** @throws CheckpointException if the file is missing, or lies elsewhere */
    public Path resolve(String fileName) throws IOException {
        String problem = problem(fileName);
        if (problem != null) {
            throw new CheckpointException(path, problem);
        }
        return path.resolve(fileName);
    }
}
