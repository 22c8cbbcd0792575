package io.instructseg.engine;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
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
