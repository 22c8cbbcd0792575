package io.instructseg.quarkus.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Flow.Subscription;

import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.engine.video.VideoException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.Subscriptions.DeferredSubscription;
import io.smallrye.mutiny.subscription.MultiSubscriber;
import io.smallrye.mutiny.subscription.UniEmitter;

/**
 * Between a video's frames, which come when they come, and the model, which must not wait for them on its device: the frames
 * that its next answer needs are here before it runs. No other frames are asked for.
 */
final class FrameBuffer implements FrameSource, MultiSubscriber<Frame> {

    private final Deque<Frame> frames = new ArrayDeque<>();
    /** Demand and cancellation may come before the subscription. */
    private final DeferredSubscription subscription = new DeferredSubscription();
    private UniEmitter<? super Void> filled;
    private int missing;
    private Throwable failure;
    private boolean ended;

    /** Subscribes. */
    FrameBuffer(Multi<Frame> frames) {
        frames.subscribe().withSubscriber(this);
    }

    /** Has its item once so many more frames are here, or all that there are. One at a time. */
    Uni<Void> fill(int count) {
        return Uni.createFrom().emitter(emitter -> {
            if (await(count, emitter)) {
                subscription.request(count);
            } else {
                emitter.complete(null);
            }
        });
    }

    private synchronized boolean await(int count, UniEmitter<? super Void> emitter) {
        if (ended || count == 0) {
            return false;
        }
        filled = emitter;
        missing = count;
        return true;
    }

    @Override
    public void onSubscribe(Subscription to) {
        subscription.set(to);
    }

    @Override
    public void onItem(Frame frame) {
        UniEmitter<? super Void> waiting;
        synchronized (this) {
            frames.add(frame);
            missing--;
            waiting = missing == 0 ? taken() : null;
        }
        complete(waiting);
    }

    @Override
    public void onFailure(Throwable reason) {
        UniEmitter<? super Void> waiting;
        synchronized (this) {
            failure = reason;
            ended = true;
            waiting = taken();
        }
        complete(waiting);
    }

    @Override
    public void onCompletion() {
        UniEmitter<? super Void> waiting;
        synchronized (this) {
            ended = true;
            waiting = taken();
        }
        complete(waiting);
    }

    private UniEmitter<? super Void> taken() {
        UniEmitter<? super Void> waiting = filled;
        filled = null;
        return waiting;
    }

    private static void complete(UniEmitter<? super Void> waiting) {
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    @Override
    public synchronized Optional<Frame> next() throws VideoException {
        if (frames.isEmpty() && !ended) {
            throw new IllegalStateException("found no frame, expected as many as were asked for");
        }
        if (frames.isEmpty() && failure != null) {
            throw failure instanceof VideoException known ? known
                    : new VideoException(VideoException.Kind.DAMAGED, "the video can't be read: " + failure.getMessage(),
                            failure);
        }
        return Optional.ofNullable(frames.poll());
    }

    @Override
    public void close() {
        UniEmitter<? super Void> waiting;
        synchronized (this) {
            ended = true;
            frames.clear();
            waiting = taken();
        }
        subscription.cancel();
        complete(waiting);
    }
}
