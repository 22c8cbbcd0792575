package io.instructseg.quarkus.runtime.rest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.quarkus.runtime.wire.JsonFrame;
import io.smallrye.mutiny.Multi;

/** How the answers about a video follow each other. */
enum FrameFormat {

    /** A line each. */
    LINES("application/x-ndjson"),
    /** An event each (WHATWG HTML, 9.2), with a name. */
    EVENTS("text/event-stream");

    private final MediaType type;

    FrameFormat(String type) {
        this.type = MediaType.valueOf(type);
    }

    MediaType type() {
        return type;
    }

    /** @throws ProblemException if the client takes none of them */
    static FrameFormat choose(HttpHeaders headers) {
        return Accept.of(headers).choose(List.of(values()), (format, range) -> format.type.isCompatible(range),
                LINES.type + " or " + EVENTS.type);
    }

    /** Frames' answers as they are sent, and what stands behind the last one. Fails before the first one only. */
    Multi<byte[]> format(Multi<FrameSegmentation> frames) {
        AtomicLong count = new AtomicLong();
        return toldOfProblems(frames.map(frame -> {
            count.incrementAndGet();
            return format("frame", JsonFrame.of(frame));
        }).onCompletion().continueWith(() -> List.of(format("summary", JsonFrame.summary(count.get())))));
    }

    /** Answers whose last one tells what goes wrong behind the first, when the status has been sent. */
    Multi<byte[]> toldOfProblems(Multi<byte[]> answers) {
        AtomicBoolean begun = new AtomicBoolean();
        return answers.invoke(answer -> begun.set(true)).onFailure(failure -> begun.get()).recoverWithItem(this::problem);
    }

    private byte[] problem(Throwable failure) {
        return format("problem", (byte[]) Problems.of(failure).getEntity());
    }

    /**
     * An answer as it is sent.
     *
     * @param name of its kind
     * @param json without line breaks
     */
    byte[] format(String name, byte[] json) {
        byte[] before = (this == LINES ? "" : "event: " + name + "\ndata: ").getBytes(US_ASCII);
        byte[] after = (this == LINES ? "\n" : "\n\n").getBytes(US_ASCII);
        return ByteBuffer.allocate(before.length + json.length + after.length).put(before).put(json).put(after).array();
    }
}
