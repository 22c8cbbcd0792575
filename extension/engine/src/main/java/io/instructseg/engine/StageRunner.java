package io.instructseg.engine;

import java.util.List;
import java.util.Map;

import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;

/** Runs the stages of one request: asks for cancellation before each, and times it. */
final class StageRunner {

    private final ModelSession session;
    private final CancellationToken cancellation;
    private final Timings timings = new Timings();

    StageRunner(ModelSession session, CancellationToken cancellation) {
        this.session = session;
        this.cancellation = cancellation;
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

    int size(String axis) {
        return session.size(axis);
    }

    Timings timings() {
        return timings;
    }
}
