package io.instructseg.engine;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.session.Device;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;

/** Runs the stages of one request: asks for cancellation before each, and times it. */
final class StageRunner {

    private final ModelSession session;
    private final CancellationToken cancellation;
    private final Timings timings;

    private StageRunner(ModelSession session, CancellationToken cancellation, Consumer<StageRun> listener) {
        this.session = session;
        this.cancellation = cancellation;
        this.timings = new Timings(listener);
    }

    static StageRunner of(ModelSession session, CancellationToken cancellation) {
        return of(session, cancellation, run -> {
        });
    }

    /** @param listener is told about each stage that ran, on the thread that runs it */
    static StageRunner of(ModelSession session, CancellationToken cancellation, Consumer<StageRun> listener) {
        return new StageRunner(session, cancellation, listener);
    }

    /** All outputs of a stage; the caller closes them. */
    Activations run(Signature stage, Map<String, Activation> inputs) {
        return run(stage, inputs, stage.outputs().stream().map(TensorSpec::name).toList());
    }

    /** Some outputs of a stage; the caller closes them. */
    Activations run(Signature stage, Map<String, Activation> inputs, List<String> outputs) {
        cancellation.throwIfCancelled();
        return timings.time(stage, () -> session.runStage(stage, inputs, outputs));
    }

    /** All outputs of a stage that takes a picture's pixels; the caller closes them. */
    Activations run(Signature stage, RgbImage image) {
        try (Activation pixels = Activation.of(HostTensor.bytes(image.pixels(), 1, image.height(), image.width(), 3))) {
            return run(stage, Map.of("pixels", pixels));
        }
    }

    /** Nothing of an input: one of the sizes is 0. The caller closes it. */
    Activation empty(Signature stage, String input, long... shape) {
        return session.empty(stage, input, shape);
    }

    /** Whether some stages run on other devices than all of others. */
    boolean areElsewhere(Set<Signature> stages, Set<Signature> others) {
        return Collections.disjoint(devices(stages), devices(others));
    }

    private Set<Device> devices(Set<Signature> stages) {
        return stages.stream().map(session.devices()::get).collect(Collectors.toSet());
    }

    /**
     * For stages of the same request on another thread.
     *
     * @param ended also cancels them
     * @param listener is told about them, on that thread, instead of this runner's
     */
    StageRunner branch(CancellationToken ended, Consumer<StageRun> listener) {
        return new StageRunner(session, () -> cancellation.isCancelled() || ended.isCancelled(), listener);
    }

    /** @throws java.util.concurrent.CancellationException if cancelled */
    void throwIfCancelled() {
        cancellation.throwIfCancelled();
    }

    int size(String axis) {
        return session.size(axis);
    }

    Timings timings() {
        return timings;
    }
}
