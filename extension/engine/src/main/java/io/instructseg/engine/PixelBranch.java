package io.instructseg.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.format.Signature;

/**
 * A picture's {@link PixelFeatures}, which nothing needs before the language model has reasoned. Where their stages have
 * devices of their own, they are computed beside all that comes before, on a thread of their own; else at once, since both
 * would wait for the same device. Owns them.
 */
final class PixelBranch implements AutoCloseable {

    private static final Set<Signature> STAGES = Set.of(Signature.ENCODE_BACKBONE, Signature.DECODE_PIXELS);
    private static final Set<Signature> BEFORE_THEY_ARE_NEEDED = Set.of(Signature.ENCODE_VISION, Signature.PERCEIVE,
            Signature.REASON);

    private final StageRunner runner;
    private final CompletableFuture<PixelFeatures> features = new CompletableFuture<>();
    /** What ran beside, as yet untold: listeners are told on the request's thread. */
    private final List<StageRun> runs = new ArrayList<>();
    private volatile boolean closed;

    private PixelBranch(StageRunner runner) {
        this.runner = runner;
    }

    static PixelBranch start(RgbImage image, StageRunner runner) {
        PixelBranch branch = new PixelBranch(runner);
        if (runsBeside(runner)) {
            StageRunner own = runner.branch(() -> branch.closed, branch.runs::add);
            new Thread(() -> branch.encode(image, own), "instructseg-pixels").start();
        } else {
            branch.features.complete(PixelFeatures.encode(image, runner));
        }
        return branch;
    }

    /** Whether it takes no time of what comes before. */
    static boolean runsBeside(StageRunner runner) {
        return runner.areElsewhere(STAGES, BEFORE_THEY_ARE_NEEDED);
    }

    private void encode(RgbImage image, StageRunner own) {
        try {
            features.complete(PixelFeatures.encode(image, own));
        } catch (Throwable e) {
            // an Error, too, has to reach whoever waits
            features.completeExceptionally(e);
        }
    }

    /**
     * Waits for them.
     *
     * @throws RuntimeException what a stage has thrown
     */
    PixelFeatures get() {
        try {
            return features.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } finally {
            tell();
        }
    }

    private void tell() {
        runs.forEach(runner.timings()::add);
        runs.clear();
    }

    /** Ends it before its next stage, waits for that, and frees what there is. */
    @Override
    public void close() {
        closed = true;
        features.handle((found, failure) -> found).join();
        tell();
        if (!features.isCompletedExceptionally()) {
            features.join().close();
        }
    }
}
