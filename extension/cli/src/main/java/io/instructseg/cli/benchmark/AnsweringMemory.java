package io.instructseg.cli.benchmark;

import java.io.IOException;

/** The most resident memory of this process while it answers, without what is there only to measure. */
final class AnsweringMemory {

    private long held;
    private long most;

    /** An answer. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /** So many bytes are there only to measure, from now on. */
    void hold(long bytes) {
        held = bytes;
    }

    <T> T watch(Work<T> work) throws IOException {
        ResidentMemory.forgetPeak();
        T result = work.run();
        most = Math.max(most, ResidentMemory.peak().orElse(0) - held);
        return result;
    }

    /** Bytes, of all that was watched; 0 where the system doesn't tell. */
    long most() {
        return most;
    }
}
