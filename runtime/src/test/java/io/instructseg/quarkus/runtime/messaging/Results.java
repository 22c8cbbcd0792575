package io.instructseg.quarkus.runtime.messaging;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.eclipse.microprofile.reactive.messaging.Message;

import io.smallrye.mutiny.subscription.MultiSubscriber;

/** A broker that takes messages whenever they come, and has them when the test says so. */
final class Results implements MultiSubscriber<Message<byte[]>> {

    private static final int SECONDS = 30;

    final BlockingQueue<Message<byte[]>> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private volatile Subscription subscription;

    /** The next message, which the broker does not have yet. */
    Message<byte[]> take() throws InterruptedException {
        Message<byte[]> message = messages.poll(SECONDS, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message");
        }
        return message;
    }

    /** The next message's text; the broker has it. */
    String next() throws InterruptedException {
        Message<byte[]> message = take();
        message.ack();
        return text(message);
    }

    static String text(Message<byte[]> message) {
        return new String(message.getPayload(), StandardCharsets.UTF_8);
    }

    void awaitEnd() throws Exception {
        end.get(SECONDS, TimeUnit.SECONDS);
    }

    Throwable awaitFailure() throws Exception {
        try {
            awaitEnd();
        } catch (ExecutionException e) {
            return e.getCause();
        }
        throw new AssertionError("no failure");
    }

    void cancel() {
        subscription.cancel();
    }

    @Override
    public void onSubscribe(Subscription to) {
        subscription = to;
        to.request(Long.MAX_VALUE);
    }

    @Override
    public void onItem(Message<byte[]> message) {
        messages.add(message);
    }

    @Override
    public void onFailure(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onCompletion() {
        end.complete(null);
    }
}
