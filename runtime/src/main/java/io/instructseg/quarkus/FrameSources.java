package io.instructseg.quarkus;

import java.io.IOException;
import java.util.Optional;

import io.instructseg.engine.Guarded;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSource;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.unchecked.Unchecked;

/** Frames that are decoded on worker threads, one when it is asked for. */
final class FrameSources {

    private FrameSources() {
    }

    /** @param opener is called for each subscriber; its source is closed at the end, the bitter ones included */
    static Multi<Frame> frames(Opener opener) {
        return Uni.createFrom().item(Unchecked.supplier(opener::open)).runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .onItem().transformToMulti(FrameSources::frames);
    }

    private static Multi<Frame> frames(FrameSource source) {
        Guarded<FrameSource> guarded = new Guarded<>(source);
        Uni<Optional<Frame>> next = Uni.createFrom().item(Unchecked.supplier(() -> guarded.use(FrameSource::next)))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
        return Multi.createBy().repeating().uni(() -> next).until(Optional::isEmpty).map(Optional::orElseThrow)
                .onTermination().invoke(guarded::close);
    }

    /** Opens a source. */
    @FunctionalInterface
    interface Opener {

        FrameSource open() throws IOException;
    }
}
