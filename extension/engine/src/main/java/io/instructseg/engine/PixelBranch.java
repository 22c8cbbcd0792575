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
 * devices of their own, they are computed beside all that comes before, on a thread of their own; else when they are asked
 * for, since both would wait for the same device. Owns them.
 */
final class PixelBranch implements AutoCloseable {

    private static final Set<Signature> STAGES = Set.of(Signature.ENCODE_BACKBONE, Signature.DECODE_PIXELS);
    private static final Set<Signature> BEFORE_THEY_ARE_NEEDED = Set.of(Signature.ENCODE_VISION, Signature.PERCEIVE,
            Signature.REASON);

    private final RgbImage image;
    private final StageRunner runner;
    /** What ran beside, as yet untold: listeners are told on the request's thread. */
    private final List<StageRun> runs = new ArrayList<>();
    /** Null until they are begun. */
    private CompletableFuture<PixelFeatures> features;
    private volatile boolean closed;

    private PixelBranch(RgbImage image, StageRunner runner) {
        this.image = image;
        this.runner = runner;
    }

    static PixelBranch start(RgbImage image, StageRunner runner) {
        PixelBranch branch = new PixelBranch(image, runner);
        if (runner.areElsewhere(STAGES, BEFORE_THEY_ARE_NEEDED)) {
            branch.runBeside();
        }
        return branch;
    }

    private void runBeside() {
        StageRunner own = runner.branch(() -> closed, runs::add);
        features = CompletableFuture.supplyAsync(() -> PixelFeatures.encode(image, own),
                work -> new Thread(work, "instructseg-pixels").start());
    }

    /**
     * Waits for them, or computes them.
     *
     * @throws RuntimeException what a stage has thrown
     */
    PixelFeatures get() {
        if (features == null) {
            features = CompletableFuture.completedFuture(PixelFeatures.encode(image, runner));
        }
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
        if (features == null) {
            return;
        }
        closed = true;
        features.handle((found, failure) -> found).join();
        tell();
        if (!features.isCompletedExceptionally()) {
            features.join().close();
        }
    }
}
