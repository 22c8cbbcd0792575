package io.instructseg.quarkus.runtime;

import static io.instructseg.quarkus.runtime.InstructSegLog.LOG;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.runtime.ModelStatus.State;
import io.smallrye.mutiny.Uni;

/** The bean: a model that loads and warms up in the background, while requests queue, and is freed with the bean. */
public class ModelService implements InstructSeg, AutoCloseable {

    private final ModelLoader loader;
    private final ModelWorker worker;
    private final Settings settings;
    private final CompletableFuture<ModelStatus> ready = new CompletableFuture<>();
    private volatile ModelStatus status = ModelStatus.of(State.LOADING);
    private volatile SegmentationModel model;

    ModelService(ModelLoader loader, Settings settings) {
        this.loader = loader;
        this.worker = new ModelWorker(settings.queueSize());
        this.settings = settings;
        worker.runFirst(this::load);
    }

    private void load(CancellationToken cancellation) {
        long start = System.nanoTime();
        try {
            model = loader.load();
            status = ModelStatus.of(State.WARMING);
            LOG.warming(secondsSince(start));
            model.warmUp(cancellation);
            status = ModelStatus.of(State.READY);
            LOG.ready(secondsSince(start));
            ready.complete(status);
        } catch (CancellationException e) {
            // closing waits for this, and sets the status
        } catch (IOException | RuntimeException | Error e) {
            LOG.failed(loader.location(), e);
            status = new ModelStatus(State.FAILED, e.getMessage() == null ? e.toString() : e.getMessage());
            ready.completeExceptionally(unavailable());
        }
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** How far the model is. */
    public ModelStatus status() {
        return status;
    }

    /** Has an item once the model is loaded and warm; fails if it can't be used. */
    public Uni<ModelStatus> ready() {
        return Uni.createFrom().completionStage(ready);
    }

    /** Where the model comes from. */
    public String location() {
        return loader.location().toString();
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
        return worker.submit(cancellation -> answer(request, cancellation));
    }

    private ModelUnavailableException unavailable() {
        return new ModelUnavailableException("model " + loader.location() + " can't be used: " + status.reason());
    }

    private List<Segmentation> answer(SegmentationRequest request, CancellationToken cancellation) throws IOException {
        if (status.state() == State.FAILED) {
            throw unavailable();
        }
        DecodedImage image = request.image().decode(settings.limits());
        SegmentationOptions options = new SegmentationOptions(request.candidates(),
                request.threshold().orElse(settings.threshold()));
        return model.segment(image, request.instructions(), options, cancellation);
    }

    @Override
    public void close() {
        worker.close();
        status = ModelStatus.of(State.CLOSED);
        if (model != null) {
            loader.free(model);
        }
    }
}
