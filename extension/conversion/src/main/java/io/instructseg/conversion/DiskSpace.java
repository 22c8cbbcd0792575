package io.instructseg.conversion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Looks before something large is written. */
public final class DiskSpace {

    private DiskSpace() {
    }

    /**
     * @param target what will be written, below a directory that exists
     * @param bytes its size
     * @throws ConversionException if there is less space, telling how much is needed and how much is free
     */
    public static void require(Path target, long bytes) throws IOException {
        Path existing = target.toAbsolutePath();
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        long free = Files.getFileStore(existing).getUsableSpace();
        if (free < bytes) {
            throw new ConversionException(
                    target + " needs " + gigabytes(bytes) + " of disk, " + gigabytes(free) + " are free there");
        }
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
