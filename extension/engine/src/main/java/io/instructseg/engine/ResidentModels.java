package io.instructseg.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The models that this JVM holds, shared and counted. They outlive the applications that use them: where this class is loaded
 * once and an application several times (hot reload), the next one finds the model of the one before still loaded. A model
 * that nobody uses stays until one that isn't here is acquired, and is closed before that is loaded.
 */
public final class ResidentModels {

    private static final Map<ModelFiles, Resident> RESIDENTS = new HashMap<>();

    private ResidentModels() {
    }

    /**
     * The loaded model of a directory: the one that is here if names, sizes and modification times of its files
     * are still the same, else it is loaded. Blocks while it loads; who acquires another model meanwhile doesn't wait.
     *
     * @return a model to be given back with {@link #release}, never to be closed
     * @throws IOException if the model can't be loaded, or the thread is interrupted while another one loads it
     */
    public static SegmentationModel acquire(Path directory) throws IOException {
        ModelFiles files = ModelFiles.of(directory);
        Resident resident = enter(files);
        try {
            return resident.await();
        } catch (IOException | RuntimeException | Error e) {
            leave(files, resident);
            throw e;
        }
    }

    /** Whether {@link #acquire} would find the model of this directory here, or on its way. */
    public static boolean has(Path directory) throws IOException {
        ModelFiles files = ModelFiles.of(directory);
        synchronized (RESIDENTS) {
            return RESIDENTS.containsKey(files);
        }
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

    private static Resident enter(ModelFiles files) {
        synchronized (RESIDENTS) {
            Resident resident = RESIDENTS.get(files);
            if (resident == null) {
                resident = new Resident(files.directory(), removeUnused());
                RESIDENTS.put(files, resident);
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
    private static void leave(ModelFiles files, Resident resident) {
        synchronized (RESIDENTS) {
            resident.users--;
            if (resident.failed()) {
                RESIDENTS.remove(files, resident);
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
        Resident(Path directory, List<Resident> unused) {
            loading = new FutureTask<>(() -> {
                unused.forEach(old -> old.model.close());
                model = SegmentationModel.load(directory);
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
