package io.instructseg.quarkus;

import java.io.IOException;
import java.io.InputStream;

/**
 * Where the pictures and videos are that messages name by a reference (a claim check). Without a bean of this type in the
 * application, the references are files below {@code quarkus.instructseg.messaging.store.directory}; with one (an object store,
 * say), that one is asked.
 */
@FunctionalInterface
public interface ImageStore {

    /**
     * Opens a file. Called on a worker thread, so it may block; the caller reads at most a buffer more than
     * {@code quarkus.instructseg.image.max-bytes}, of a video {@code quarkus.instructseg.video.max-bytes}, and closes the
     * stream.
     *
     * @param reference from a message: don't trust it
     * @throws ImageReferenceException if the reference is wrong or names nothing: the message goes to the dead letters
     * @throws IOException if the store itself fails: it is asked again later
     */
    InputStream open(String reference) throws IOException;
}
