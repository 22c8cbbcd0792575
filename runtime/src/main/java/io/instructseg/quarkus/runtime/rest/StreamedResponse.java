package io.instructseg.quarkus.runtime.rest;

import java.util.concurrent.Flow.Subscription;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.Subscriptions.DeferredSubscription;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.MultiSubscriber;
import io.smallrye.mutiny.subscription.UniEmitter;

/**
 * Answers that are sent as they come. The first one decides about the status; each further one is asked for
 * once the one before has left for the network, so that a client that reads slowly slows the work. Public only for the code
 * that Quarkus generates.
 */
public final class StreamedResponse implements MultiSubscriber<byte[]> {

    private final MediaType type;
    private UniEmitter<? super Response> status;
    /** Cancellation may come before the subscription. */
    private final DeferredSubscription subscription = new DeferredSubscription();
    private byte[] first;
    private ServerHttpResponse response;
    private Runnable sent;
    /** By the bean. */
    private boolean completed;

    StreamedResponse(MediaType type) {
        this.type = type;
    }

    /**
     * Starts: has its item once there is a first answer, or a reason why there is none.
     *
     * @param answers as they are sent; they fail before the first one only
     */
    Uni<Response> start(Multi<byte[]> answers) {
        return Uni.createFrom().<Response> emitter(emitter -> {
            status = emitter;
            answers.subscribe().withSubscriber(this);
        }).onCancellation().invoke(this::cancel);
    }

    @Override
    public void onSubscribe(Subscription to) {
        if (subscription.set(to)) {
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
        status.complete(Response.ok(this, type).header(HttpHeaders.VARY, HttpHeaders.ACCEPT).build());
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
        synchronized (this) {
            done();
        }
        // connections end on the event loop, which must not wait until all is freed
        Infrastructure.getDefaultWorkerPool().execute(subscription::cancel);
    }
}
