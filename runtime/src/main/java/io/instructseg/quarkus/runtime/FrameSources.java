package io.instructseg.quarkus.runtime;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;

import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSource;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;

/** Frames that are decoded on worker threads, one when it is asked for. */
public final class FrameSources {

    private FrameSources() {
    }

    /** @param opener is called for each subscriber; its source is closed at the end, the bitter ones included */
    public static Multi<Frame> frames(Opener opener) {
        return onWorker(opener::open).onItem().transformToMulti(FrameSources::frames);
    }

    private static Multi<Frame> frames(FrameSource source) {
        Guarded<FrameSource> guarded = new Guarded<>(source);
        Uni<Optional<Frame>> next = onWorker(() -> guarded.use(FrameSource::next));
        return Multi.createBy().repeating().uni(() -> next).until(Optional::isEmpty).map(Optional::orElseThrow)
                .onTermination().invoke(guarded::close);
    }

    private static <T> Uni<T> onWorker(Callable<T> work) {
        return Uni.createFrom().<T> emitter(emitter -> {
            try {
                emitter.complete(work.call());
            } catch (Exception e) {
                // as it is: a supplier's would be wrapped
                emitter.fail(e);
            }
        }).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    /** Opens a source. */
    @FunctionalInterface
    public interface Opener {

        FrameSource open() throws IOException;
    }
}
