package io.instructseg.quarkus.runtime.messaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.instructseg.quarkus.ImageReferenceException;
import io.instructseg.quarkus.ImageStore;
import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.configuration.ConfigurationException;

/** Files below a directory. A reference is a path of plain names, and no link leads anywhere. */
@DefaultBean
@Singleton
public class FileImageStore implements ImageStore {

    private static final String PROPERTY = InstructSegConfig.STORE_DIRECTORY;
    private static final Set<String> NO_NAMES = Set.of("", ".", "..");

    /** Without links; null if there is none. */
    private final Path root;

    @Inject
    FileImageStore(InstructSegConfig config) {
        this(config.messaging().store().directory());
    }

    /** @throws ConfigurationException if there is no such directory */
    FileImageStore(Optional<String> directory) {
        this.root = directory.map(FileImageStore::realDirectory).orElse(null);
    }

    private static Path realDirectory(String directory) {
        try {
            Path real = Path.of(directory).toRealPath();
            if (Files.isDirectory(real)) {
                return real;
            }
        } catch (IOException | InvalidPathException e) {
            // said below
        }
        throw new ConfigurationException(PROPERTY + " is '" + directory + "', expected a directory that can be read",
                Set.of(PROPERTY));
    }

    @Override
    public InputStream open(String reference) throws IOException {
        Path file = file(reference);
        try {
            return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw none(reference);
        }
    }

    /** As {@link #open}: a file that can be read, and that no link leads to. */
    Path file(String reference) throws IOException {
        if (root == null) {
            throw new ImageReferenceException("found a reference, but there is no store: " + PROPERTY + " is not set");
        }
        Path file = resolve(reference);
        if (!Files.isDirectory(root)) {
            throw new IOException(PROPERTY + ": " + root + " is gone");
        }
        try {
            // a link anywhere below the root makes the real path another one
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && file.toRealPath().equals(file)
                    && Files.isReadable(file)) {
                return file;
            }
        } catch (NoSuchFileException | AccessDeniedException e) {
            // said below
        }
        throw none(reference);
    }

    private static ImageReferenceException none(String reference) {
        return new ImageReferenceException("found no file '" + reference + "' in the store");
    }

    private Path resolve(String reference) throws ImageReferenceException {
        boolean plain = List.of(reference.split("/", -1)).stream().noneMatch(NO_NAMES::contains)
                && reference.indexOf('\\') < 0;
        try {
            Path relative = root.getFileSystem().getPath(reference);
            if (plain && relative.getRoot() == null) {
                return root.resolve(relative);
            }
        } catch (InvalidPathException e) {
            // said below
        }
        throw new ImageReferenceException("found what is no relative path of plain names separated by '/'");
    }
}
