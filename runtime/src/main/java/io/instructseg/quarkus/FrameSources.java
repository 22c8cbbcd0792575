package io.instructseg.quarkus;

import java.io.IOException;
import java.util.Optional;

import io.instructseg.engine.Guarded;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSource;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;

/** Frames that are decoded on worker threads, one when it is asked for. */
final class FrameSources {

    private FrameSources() {
    }

    /** @param opener is called for each subscriber that asks; its source is closed at the end, the bitter ones included */
    static Multi<Frame> frames(Opener opener) {
        return Multi.createFrom().deferred(() -> {
            Guarded<LateSource> source = new Guarded<>(new LateSource(opener));
            return Multi.createBy().repeating().uni(() -> next(source)).until(Optional::isEmpty).map(Optional::orElseThrow)
                    .onTermination().invoke(source::close);
        });
    }

    private static Uni<Optional<Frame>> next(Guarded<LateSource> source) {
        return Uni.createFrom().<Optional<Frame>> emitter(emitter -> {
            try {
                emitter.complete(source.use(LateSource::next));
            } catch (Exception e) {
                emitter.fail(e);
            }
        }).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    /** Opens a source. */
    @FunctionalInterface
    interface Opener {

        FrameSource open() throws IOException;
    }

    /** Opened when its first frame is asked for: by then somebody closes it, whatever happens. */
    private static final class LateSource implements AutoCloseable {

        private final Opener opener;
        private FrameSource source;

        LateSource(Opener opener) {
            this.opener = opener;
        }

        Optional<Frame> next() throws IOException {
            if (source == null) {
                source = opener.open();
            }
            return source.next();
        }

        @Override
        public void close() {
            if (source != null) {
                source.close();
            }
        }
    }
}
