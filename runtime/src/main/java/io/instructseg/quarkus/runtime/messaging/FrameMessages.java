package io.instructseg.quarkus.runtime.messaging;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.eclipse.microprofile.reactive.messaging.Message;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.quarkus.runtime.wire.JsonFrame;
import io.smallrye.mutiny.Multi;

/**
 * The messages about one video: each frame's, which the broker has to have before the next one is asked for, and then a
 * summary with the request's acknowledgement. So a request is acknowledged when the broker has all of them, whatever the
 * connector sends at once, and a broker that takes nothing stops the work.
 */
final class FrameMessages {

    private final Function<byte[], Message<byte[]>> result;
    /** Frames that the broker has. */
    private final AtomicInteger sent = new AtomicInteger();

    /** @param result a message with the request's acknowledgement and metadata */
    FrameMessages(Function<byte[], Message<byte[]>> result) {
        this.result = result;
    }

    /**
     * Goes on where it was before, if it was: frames are the same each time.
     *
     * @return fails with {@link ResultRefusedException} if the broker doesn't take a frame's message
     */
    Multi<Message<byte[]>> of(String id, Multi<FrameSegmentation> frames) {
        Multi<Message<byte[]>> messages = frames.filter(frame -> frame.frame().index() >= sent.get())
                .onItem().transformToMultiAndConcatenate(frame -> send(JsonFrame.message(id, frame)));
        Multi<Message<byte[]>> summary = Multi.createFrom()
                .item(() -> result.apply(JsonFrame.summaryMessage(id, sent.get())));
        return Multi.createBy().concatenating().streams(messages, summary);
    }

    /** Has the message as its item, and ends when the broker has it. */
    private Multi<Message<byte[]>> send(byte[] payload) {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        Message<byte[]> message = result.apply(payload).withAck(() -> {
            sent.incrementAndGet();
            taken.complete(null);
            return done();
        }).withNack(reason -> {
            taken.completeExceptionally(new ResultRefusedException(reason));
            return done();
        });
        return Multi.createBy().concatenating().streams(Multi.createFrom().item(message),
                Multi.createFrom().emitter(emitter -> taken.whenComplete((none, refusal) -> {
                    if (refusal == null) {
                        emitter.complete();
                    } else {
                        emitter.fail(refusal);
                    }
                })));
    }

    private static CompletionStage<Void> done() {
        return CompletableFuture.completedFuture(null);
    }
}
