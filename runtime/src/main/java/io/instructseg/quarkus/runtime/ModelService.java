package io.instructseg.quarkus.runtime;

import static io.instructseg.quarkus.runtime.InstructSegLog.LOG;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.session.Device;
import io.instructseg.engine.text.Task;
import io.instructseg.format.Signature;
import io.instructseg.quarkus.AnswerPart;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.VideoRequest;
import io.instructseg.quarkus.WordlessModelException;
import io.instructseg.quarkus.runtime.ModelStatus.State;
import io.instructseg.quarkus.runtime.RequestListener.Subject;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/**
 * A model behind a bean: its replicas load in the background while requests queue, serve one queue, and are freed when the
 * application ends.
 */
public class ModelService implements InstructSeg, AutoCloseable {

    private static final Duration TELL_EVERY = Duration.ofSeconds(5);

    private final ModelPlan plan;
    private final List<Replica> replicas;
    private final RequestQueue<SegmentationModel> queue;
    private final Duration grace;
    private final ModelRequests requests;
    private final VideoRequests videos;
    private final AnswerRequests answers;
    private final Thread loading;
    private final AtomicInteger cold;
    private final CompletableFuture<ModelStatus> ready = new CompletableFuture<>();
    private volatile ModelStatus status = ModelStatus.of(State.LOADING);
    private volatile boolean closed;
    /** When the log was told how far loading is; for the loading thread. */
    private long told;

    ModelService(ModelPlan plan, List<Replica> replicas, QueueLock lock, Duration grace, List<RequestListener> listeners) {
        this.plan = plan;
        this.replicas = replicas;
        this.queue = new RequestQueue<>(plan.settings().queueSize(), lock);
        this.grace = grace;
        this.requests = new ModelRequests(plan, queue, listeners);
        this.videos = new VideoRequests(requests);
        this.answers = new AnswerRequests(requests);
        this.cold = new AtomicInteger(replicas.size());
        this.loading = new Thread(this::load, "instructseg-loading");
        loading.start();
    }

    /** One after the other: they read the same files. */
    private void load() {
        long start = System.nanoTime();
        try {
            for (Replica replica : replicas) {
                replica.load(this::read, () -> closed);
                if (replica == replicas.get(replicas.size() - 1)) {
                    enter(State.WARMING);
                    LOG.warming(secondsSince(start), String.join(", ", devices()));
                }
                queue.serve(replica.device(), replica.model(), () -> warmUp(replica.model(), start));
            }
        } catch (CancellationException e) {
            // closing waits for this, and sets the status
        } catch (IOException | RuntimeException | Error e) {
            failed(e);
        }
    }

    /** How much of a replica's weights is in memory: told by the status, and in the log if it takes its time. */
    private void read(long done, long total) {
        if (total == 0) {
            return;
        }
        String reading = "%d %% of %.2f GB are read".formatted(100 * done / total, total / 1e9);
        synchronized (this) {
            status = status.state() == State.LOADING ? new ModelStatus(State.LOADING, reading) : status;
        }
        if (done == 0) {
            told = System.nanoTime();
        } else if (System.nanoTime() - told > TELL_EVERY.toNanos()) {
            told = System.nanoTime();
            LOG.reading(plan.location(), reading);
        }
    }

    /** On its device, before all requests. */
    private void warmUp(SegmentationModel model, long start) {
        try {
            model.warmUp(() -> closed);
            if (cold.decrementAndGet() == 0 && enter(State.READY)) {
                LOG.ready(secondsSince(start));
                ready.complete(status);
            }
        } catch (CancellationException e) {
            // closing waits for this, and sets the status
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** Unless it has failed: another replica may have. */
    private synchronized boolean enter(State next) {
        boolean starting = status.isStarting();
        if (starting) {
            status = ModelStatus.of(next);
        }
        return starting;
    }

    private void failed(Throwable cause) {
        LOG.failed(plan.location(), cause);
        String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        synchronized (this) {
            status = new ModelStatus(State.FAILED, reason);
        }
        Supplier<ModelUnavailableException> unavailable = () -> new ModelUnavailableException(
                "model " + plan.location() + " can't be used: " + reason, cause);
        queue.fail(unavailable);
        ready.completeExceptionally(unavailable.get());
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** How the application calls it, or {@link ModelNames#DEFAULT}. */
    public String name() {
        return plan.name();
    }

    /** How far the model is. */
    public ModelStatus status() {
        return status;
    }

    /** On which devices the model runs; nothing while it is not loaded. */
    public Set<String> devices() {
        return placements().stream().flatMap(replica -> replica.values().stream()).map(Device::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** On which device each module runs, of each replica that is loaded. */
    public List<Map<Signature, Device>> placements() {
        return replicas.stream().map(Replica::model).filter(Objects::nonNull).map(model -> model.session().devices()).toList();
    }

    /** How many requests can run at once. */
    public int replicas() {
        return replicas.size();
    }

    /** How long what has been running longest has been running on a device that the model uses; zero if nothing does. */
    public Duration runningFor() {
        return replicas.stream().map(replica -> replica.device().runningFor()).max(Comparator.naturalOrder()).orElseThrow();
    }

    /** Has an item once the model is loaded and warm; fails if it can't be used. */
    public Uni<ModelStatus> ready() {
        return Uni.createFrom().completionStage(ready);
    }

    /** Where the model comes from. */
    public String location() {
        return plan.location().toString();
    }

    /** Requests that wait, questions included. */
    public int waiting() {
        return queue.waiting();
    }

    /** How long each request that runs has been running; empty if none does. */
    public List<Duration> running() {
        return queue.running();
    }

    /** Questions that may wait, and as many other requests. */
    public int queueCapacity() {
        return queue.capacity();
    }

    @Override
    public Uni<Segmentation> segment(Image image, String sentence) {
        Instruction instruction = new Instruction(plan.settings().task(), List.of(sentence));
        return segment(SegmentationRequest.of(image).instruction(instruction)).map(answers -> answers.get(0));
    }

    @Override
    public Uni<List<Segmentation>> segment(SegmentationRequest request) {
        if (request.instructions().isEmpty()) {
            return Uni.createFrom()
                    .failure(new IllegalArgumentException("instructions: found none, expected at least one"));
        }
        if (request.explanation()
                && request.instructions().stream().anyMatch(instruction -> instruction.task() != Task.REASONING)) {
            return Uni.createFrom().failure(new IllegalArgumentException(
                    "explanation: found an instruction that is not reasoning, expected none"));
        }
        if (request.explanation() && request.instructions().size() > 1) {
            return Uni.createFrom().failure(new IllegalArgumentException(
                    "instructions: found " + request.instructions().size() + ", expected one with an explanation"));
        }
        return Uni.createFrom().deferred(() -> {
            RequestObservation observation = new RequestObservation(requests.submitted(Subject.IMAGE));
            return requests.inTime(queue.submit((model, cancellation) -> answer(model, request, cancellation, observation)))
                    .invoke(observation::answered).onFailure().invoke(observation::failed)
                    .onCancellation().invoke(observation::cancelled);
        });
    }

    @Override
    public Multi<FrameSegmentation> segment(VideoRequest request) {
        return videos.segment(request, ready());
    }

    @Override
    public Multi<AnswerPart> stream(Question question) {
        return answers.answer(question);
    }

    private List<Segmentation> answer(SegmentationModel model, SegmentationRequest request, CancellationToken cancellation,
            RequestObservation observation) throws IOException {
        observation.started();
        if (request.explanation() && !model.generatesText()) {
            throw new WordlessModelException(location());
        }
        DecodedImage image = request.image().decode(plan.settings().limits());
        return model.segment(image, request.instructions(), options(request), cancellation, observation::ran);
    }

    private SegmentationOptions options(SegmentationRequest request) {
        Settings settings = plan.settings();
        SegmentationOptions options = new SegmentationOptions(request.candidates(),
                request.threshold().orElse(settings.threshold()));
        return request.explanation() ? options.withExplanation(settings.answers().byDefault()) : options;
    }

    /** Lets what was taken go on for the configured time, then ends it and frees the model. */
    @Override
    public void close() {
        closed = true;
        awaitLoaded();
        ready.completeExceptionally(ModelRequests.shuttingDown());
        queue.close(ModelRequests::shuttingDown, status.state() == State.READY ? grace : Duration.ZERO);
        requests.close();
        status = ModelStatus.of(State.CLOSED);
        replicas.forEach(Replica::free);
    }

    /** It ends after the part of the weights that is being read; what it has loaded has to be freed. */
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
