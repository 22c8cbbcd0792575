package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

import io.instructseg.engine.session.StageException;

/** Tells people what went wrong: in one message what they can mend, with a stack trace what they can't. */
final class Failures {

    private static final int REQUEST_FAILED = 1;
    private static final int UNEXPECTED = 70;

    private Failures() {
    }

    /** @return the exit code */
    static int report(Throwable failure, PrintWriter err) {
        if (failure instanceof UncheckedIOException unchecked) {
            return report(unchecked.getCause(), err);
        }
        if (failure instanceof IOException e) {
            return requestFailed(describe(e), err);
        }
        if (failure instanceof StageException e) {
            return requestFailed(e.getMessage(), err);
        }
        if (failure instanceof OutOfMemoryError e) {
            return requestFailed("not enough memory (" + e.getMessage() + "); Java may use "
                    + Units.bytes(Runtime.getRuntime().maxMemory()) + ", 'java -Xmx8g -jar ...' allows it 8 GB", err);
        }
        err.println("instructseg: unexpected " + failure.getClass().getName() + ": " + failure.getMessage());
        err.println("This is an error in instructseg or in what it uses, not in your input. Please report it with:");
        failure.printStackTrace(err);
        err.flush();
        return UNEXPECTED;
    }

    private static int requestFailed(String message, PrintWriter err) {
        err.println("instructseg: " + message);
        err.flush();
        return REQUEST_FAILED;
    }

    /** Java's file exceptions have the path as their message, and the rest in their class. */
    private static String describe(IOException e) {
        if (e instanceof NoSuchFileException) {
            return e.getMessage() + ": no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return e.getMessage() + ": permission denied";
        }
        if (e instanceof NotDirectoryException) {
            return e.getMessage() + ": not a directory";
        }
        if (e instanceof FileAlreadyExistsException) {
            return e.getMessage() + ": not a directory, or exists already";
        }
        if (e instanceof FileSystemException || e.getMessage() != null) {
            return e.getMessage();
        }
        return e.getClass().getName();
    }
}
