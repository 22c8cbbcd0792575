package io.instructseg.quarkus.runtime.messaging;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import io.instructseg.quarkus.ImageStore;
import io.instructseg.quarkus.runtime.wire.RequestException;

/**
 * A video's file for as long as a request needs it: the store's own, or a copy of what the store gave, which is gone
 * afterwards.
 */
record StoredVideo(Path file, boolean copied) implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 << 10;

    /**
     * @param maxBytes the largest copy
     * @throws RequestException if there is more
     * @throws IOException if the store fails, or has nothing by that reference
     */
    static StoredVideo fetch(ImageStore store, String reference, long maxBytes) throws IOException {
        if (store instanceof FileImageStore files) {
            return new StoredVideo(files.file(reference), false);
        }
        StoredVideo copy = new StoredVideo(Files.createTempFile("instructseg-", ".video"), true);
        try (InputStream in = store.open(reference); OutputStream out = Files.newOutputStream(copy.file)) {
            copy(in, out, maxBytes);
            return copy;
        } catch (IOException | RuntimeException | Error e) {
            copy.close();
            throw e;
        }
    }

    private static void copy(InputStream in, OutputStream out, long maxBytes) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long total = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            total += read;
            if (total > maxBytes) {
                throw RequestException.tooLarge(MessageBody.VIDEO_REFERENCE,
                        "found more than the limit of " + maxBytes + " bytes");
            }
            out.write(buffer, 0, read);
        }
    }

    @Override
    public void close() {
        if (copied) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                MessagingLog.LOG.copyLeft(file, e);
            }
        }
    }
}
