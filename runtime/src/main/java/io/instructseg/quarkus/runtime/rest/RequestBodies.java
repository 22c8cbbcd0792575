package io.instructseg.quarkus.runtime.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;

import jakarta.ws.rs.core.Response.Status;

import io.instructseg.quarkus.runtime.wire.RequestException;

/**
 * The bodies that are read at once: each takes a worker thread for as long as its client likes to send, and the host needs
 * those, too.
 */
final class RequestBodies {

    static final int MOST = 64;
    private static final Semaphore FREE = new Semaphore(MOST);

    private RequestBodies() {
    }

    /**
     * @param reader is called if there is a place
     * @throws ProblemException if there is none
     */
    static <T> T read(InputStream body, Reader<T> reader) throws IOException {
        if (!FREE.tryAcquire()) {
            throw new ProblemException(Status.SERVICE_UNAVAILABLE, null, "too many requests are being sent already");
        }
        try {
            return reader.read();
        } catch (ProblemException | RequestException e) {
            drain(body);
            throw e;
        } finally {
            FREE.release();
        }
    }

    /** Who still sends may not see the answer: the connection breaks. */
    private static void drain(InputStream body) {
        try {
            body.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // the problem that is told came first
        }
    }

    /** Reads a request. */
    @FunctionalInterface
    interface Reader<T> {

        T read() throws IOException;
    }
}
