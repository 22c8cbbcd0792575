package io.instructseg.quarkus.runtime.rest;

import java.util.List;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.quarkus.runtime.wire.JsonFrame;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.MultiSubscriber;
import io.smallrye.mutiny.subscription.UniEmitter;

/**
 * The answers about a video on their way to the client. The first one decides about the status; each further one is asked for
 * once the one before has left for the network, so that a client that reads slowly slows the work. Public only for the code
 * that Quarkus generates.
 */
public final class FrameStream implements MultiSubscriber<byte[]> {

    private final Multi<byte[]> answers;
    private final FrameFormat format;
    private UniEmitter<? super Response> status;
    private Subscription subscription;
    private byte[] first;
    private ServerHttpResponse response;
    private Runnable sent;
    /** By the bean. */
    private boolean completed;
    private boolean cancelled;

    FrameStream(Multi<FrameSegmentation> frames, FrameFormat format) {
        this.format = format;
        AtomicLong count = new AtomicLong();
        answers = frames.map(frame -> {
            count.incrementAndGet();
            return format.format("frame", JsonFrame.of(frame));
        }).onCompletion().continueWith(() -> List.of(format.format("summary", JsonFrame.summary(count.get()))))
                .onFailure(failure -> count.get() > 0)
                .recoverWithItem(failure -> format.format("problem", (byte[]) Problems.of(failure).getEntity()));
    }

    /** Starts: has its item once there is a first answer, or a reason why there is none. */
    Uni<Response> start() {
        return Uni.createFrom().<Response> emitter(emitter -> {
            status = emitter;
            answers.subscribe().withSubscriber(this);
        }).onCancellation().invoke(this::cancel);
    }

    @Override
    public void onSubscribe(Subscription to) {
        boolean unwanted;
        synchronized (this) {
            subscription = to;
            unwanted = cancelled;
        }
        if (unwanted) {
            to.cancel();
        } else {
            to.request(1);
        }
    }

    @Override
    public void onItem(byte[] answer) {
        synchronized (this) {
            if (response != null) {
                write(answer);
                return;
            }
            first = answer;
        }
        status.complete(Response.ok(this, format.type()).header(HttpHeaders.VARY, HttpHeaders.ACCEPT).build());
    }

    /** Before the first answer only. */
    @Override
    public void onFailure(Throwable failure) {
        status.complete(Problems.of(failure));
    }

    @Override
    public synchronized void onCompletion() {
        completed = true;
        if (response != null) {
            end();
        }
    }

    /**
     * Sends the answers.
     *
     * @param whenSent is called after the last one, or when the client is gone
     */
    synchronized void send(ServerHttpResponse to, Runnable whenSent) {
        response = to;
        sent = whenSent;
        to.addCloseHandler(this::cancel);
        to.setChunked(true);
        write(first);
        first = null;
        if (to.closed()) {
            cancel();
        } else if (completed) {
            end();
        }
    }

    private void write(byte[] answer) {
        response.write(answer).whenComplete((written, failure) -> {
            if (failure == null) {
                // not on the event loop, which is called here
                Infrastructure.getDefaultWorkerPool().execute(() -> subscription.request(1));
            } else {
                cancel();
            }
        });
    }

    private void end() {
        response.end();
        done();
    }

    private void done() {
        if (sent != null) {
            sent.run();
            sent = null;
        }
    }

    /** The client is gone. At any time, from any thread, also when all is done. */
    void cancel() {
        Subscription from;
        synchronized (this) {
            cancelled = true;
            from = subscription;
            done();
        }
        if (from != null) {
            from.cancel();
        }
    }
}
