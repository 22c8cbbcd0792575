package io.instructseg.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import io.instructseg.engine.session.LoadListener;
import io.instructseg.engine.session.LoadOptions;
import io.instructseg.engine.session.Placement;
import io.instructseg.engine.session.TensorFlowOptions;

/**
 * The models that this JVM holds, shared and counted. They outlive the applications that use them: where this class is loaded
 * once and an application several times (hot reload), the next one finds the model of the one before still loaded. A model
 * that nobody uses stays until one that isn't here is acquired, and is closed before that is loaded.
 */
public final class ResidentModels {

    private static final Map<Key, Resident> RESIDENTS = new HashMap<>();

    private record Key(ModelFiles files, Placement placement, TensorFlowOptions options) {
    }

    private ResidentModels() {
    }

    /** The loaded model of a directory, on the first GPU or on the CPU. */
    public static SegmentationModel acquire(Path directory) throws IOException {
        return acquire(directory, LoadOptions.DEFAULT, LoadListener.NONE);
    }

    /**
     * The loaded model of a directory: the one that is here if names, sizes and modification times of its files, placement and
     * options are still the same, else it is loaded. Blocks while it loads; who acquires another model meanwhile doesn't wait.
     *
     * @param listener is told how far the model is if this loads it; it can't be stopped, since others may wait for it
     * @return a model to be given back with {@link #release}, never to be closed
     * @throws IOException if the model can't be loaded, or the thread is interrupted while another one loads it
     */
    public static SegmentationModel acquire(Path directory, LoadOptions options, LoadListener listener) throws IOException {
        Key key = key(directory, options);
        Resident resident = enter(key, options, listener);
        try {
            return resident.await();
        } catch (IOException | RuntimeException | Error e) {
            leave(key, resident);
            throw e;
        }
    }

    /** Whether {@link #acquire(Path)} would find the model of this directory here, or on its way. */
    public static boolean has(Path directory) throws IOException {
        return has(directory, LoadOptions.DEFAULT);
    }

    /** Whether {@link #acquire(Path, LoadOptions, LoadListener)} would find the model here, or on its way. */
    public static boolean has(Path directory, LoadOptions options) throws IOException {
        Key key = key(directory, options);
        synchronized (RESIDENTS) {
            return RESIDENTS.containsKey(key);
        }
    }

    private static Key key(Path directory, LoadOptions options) throws IOException {
        return new Key(ModelFiles.of(directory), options.placement(), options.tensorFlow());
    }

    /**
     * Gives a model back.
     *
     * @throws IllegalArgumentException if it was not acquired, or as often given back already
     */
    public static void release(SegmentationModel model) {
        synchronized (RESIDENTS) {
            Resident found = RESIDENTS.values().stream().filter(resident -> resident.users > 0 && resident.model == model)
                    .findFirst().orElseThrow(() -> new IllegalArgumentException("the model is not in use: it was not "
                            + "acquired, or as often given back already"));
            found.users--;
        }
    }

    private static Resident enter(Key key, LoadOptions options, LoadListener listener) {
        synchronized (RESIDENTS) {
            Resident resident = RESIDENTS.get(key);
            if (resident == null) {
                resident = new Resident(key, options, listener, removeUnused());
                RESIDENTS.put(key, resident);
            }
            resident.users++;
            return resident;
        }
    }

    private static List<Resident> removeUnused() {
        List<Resident> unused = RESIDENTS.values().stream().filter(resident -> resident.users == 0).toList();
        RESIDENTS.values().removeAll(unused);
        return unused;
    }

    /** After a failure; who only stopped waiting leaves a model that loads. */
    private static void leave(Key key, Resident resident) {
        synchronized (RESIDENTS) {
            resident.users--;
            if (resident.failed()) {
                RESIDENTS.remove(key, resident);
            }
        }
    }

    /** A model that is here or on its way. */
    private static final class Resident {

        private final FutureTask<SegmentationModel> loading;
        /** Once it is loaded. */
        private volatile SegmentationModel model;
        /** Guarded by the map; a model that loads has one. */
        private int users;

        /** @param unused what to close first */
        Resident(Key key, LoadOptions options, LoadListener listener, List<Resident> unused) {
            loading = new FutureTask<>(() -> {
                unused.forEach(old -> old.model.close());
                model = SegmentationModel.load(key.files().directory(), options, listener, CancellationToken.NONE);
                return model;
            });
        }

        /** Loads the model, or waits for the thread that does. */
        SegmentationModel await() throws IOException {
            loading.run();
            try {
                return loading.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while another thread loads the model");
            } catch (ExecutionException e) {
                throw failure(e.getCause());
            }
        }

        /** What loading can throw, thrown again. */
        private static IOException failure(Throwable cause) {
            if (cause instanceof RuntimeException exception) {
                throw exception;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            return (IOException) cause;
        }

        boolean failed() {
            return loading.isDone() && model == null;
        }
    }
}
