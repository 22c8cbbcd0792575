package io.instructseg.quarkus.runtime;

import static io.instructseg.quarkus.runtime.InstructSegLog.LOG;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.session.Device;
import io.instructseg.format.Signature;
import io.instructseg.quarkus.DeadlineExceededException;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.runtime.ModelStatus.State;
import io.smallrye.mutiny.Uni;

/** A model behind a bean: it loads in the background while requests queue, and is freed when the application ends. */
public class ModelService implements InstructSeg, AutoCloseable {

    private final String name;
    private final ModelLoader loader;
    private final Settings settings;
    private final RequestQueue queue;
    private final Duration grace;
    private final List<RequestListener> listeners;
    private final Thread loading;
    private final CompletableFuture<ModelStatus> ready = new CompletableFuture<>();
    private volatile ModelStatus status = ModelStatus.of(State.LOADING);
    private volatile SegmentationModel model;
    private volatile boolean closed;

    ModelService(String name, ModelLoader loader, Settings settings, DeviceExecutor device, Duration grace,
            List<RequestListener> listeners) {
        this.name = name;
        this.loader = loader;
        this.settings = settings;
        this.queue = device.newQueue(settings.queueSize());
        this.grace = grace;
        this.listeners = listeners;
        this.loading = new Thread(this::load, "instructseg-loading");
        loading.start();
    }

    private void load() {
        long start = System.nanoTime();
        try {
            model = loader.load();
            status = ModelStatus.of(State.WARMING);
            LOG.warming(secondsSince(start), String.join(", ", devices()));
            queue.openWith(() -> warmUp(start));
        } catch (IOException | RuntimeException | Error e) {
            failed(e);
        }
    }

    /** On the device, before all requests. */
    private void warmUp(long start) {
        try {
            model.warmUp(() -> closed);
            status = ModelStatus.of(State.READY);
            LOG.ready(secondsSince(start));
            ready.complete(status);
        } catch (CancellationException e) {
            // closing waits for this, and sets the status
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void failed(Throwable cause) {
        LOG.failed(loader.location(), cause);
        String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        status = new ModelStatus(State.FAILED, reason);
        Supplier<ModelUnavailableException> unavailable = () -> new ModelUnavailableException(
                "model " + loader.location() + " can't be used: " + reason, cause);
        queue.fail(unavailable);
        ready.completeExceptionally(unavailable.get());
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** How the application calls it, or {@link ModelNames#DEFAULT}. */
    public String name() {
        return name;
    }

    /** How far the model is. */
    public ModelStatus status() {
        return status;
    }

    /** On which devices the model runs; nothing while it is not loaded. */
    public Set<String> devices() {
        SegmentationModel loaded = model;
        return loaded == null ? Set.of()
                : loaded.session().devices().values().stream().map(Device::toString)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Has an item once the model is loaded and warm; fails if it can't be used. */
    public Uni<ModelStatus> ready() {
        return Uni.createFrom().completionStage(ready);
    }

    /** Where the model comes from. */
    public String location() {
        return loader.location().toString();
    }

    /** Requests that wait. */
    public int waiting() {
        return queue.waiting();
    }

    /** Requests that may wait. */
    public int queueCapacity() {
        return queue.capacity();
    }

    @Override
    public Uni<Segmentation> segment(Image image, String sentence) {
        Instruction instruction = new Instruction(settings.task(), List.of(sentence));
        return segment(SegmentationRequest.of(image).instruction(instruction)).map(answers -> answers.get(0));
    }

    @Override
    public Uni<List<Segmentation>> segment(SegmentationRequest request) {
        if (request.instructions().isEmpty()) {
            return Uni.createFrom()
                    .failure(new IllegalArgumentException("instructions: found none, expected at least one"));
        }
        return Uni.createFrom().deferred(() -> observed(inTime(queue.submit(cancellation -> answer(request, cancellation)))));
    }

    private Uni<List<Segmentation>> inTime(Uni<List<Segmentation>> answers) {
        return settings.deadline().map(deadline -> answers.ifNoItem().after(deadline)
                .failWith(() -> new DeadlineExceededException(deadline, ModelNames.property(name, "deadline"))))
                .orElse(answers);
    }

    private Uni<List<Segmentation>> observed(Uni<List<Segmentation>> answers) {
        long start = System.nanoTime();
        return answers.invoke(all -> ended(Outcome.ANSWERED, start, all.get(0).timings()))
                .onFailure().invoke(failure -> ended(Outcome.of(failure), start, Map.of()))
                .onCancellation().invoke(() -> ended(Outcome.CANCELLED, start, Map.of()));
    }

    private void ended(Outcome outcome, long start, Map<Signature, Duration> stages) {
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        listeners.forEach(listener -> listener.ended(name, outcome, took, stages));
    }

    private List<Segmentation> answer(SegmentationRequest request, CancellationToken cancellation) throws IOException {
        DecodedImage image = request.image().decode(settings.limits());
        SegmentationOptions options = new SegmentationOptions(request.candidates(),
                request.threshold().orElse(settings.threshold()));
        return model.segment(image, request.instructions(), options, cancellation);
    }

    /** Lets what was taken go on for the configured time, then ends it and frees the model. */
    @Override
    public void close() {
        closed = true;
        awaitLoaded();
        queue.close(() -> new ModelUnavailableException("the application is shutting down"),
                status.state() == State.READY ? grace : Duration.ZERO);
        status = ModelStatus.of(State.CLOSED);
        if (model != null) {
            loader.free(model);
        }
    }

    /** Loading can't be stopped, and what it loads has to be freed. */
    private void awaitLoaded() {
        boolean interrupted = false;
        while (loading.isAlive()) {
            try {
                loading.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
