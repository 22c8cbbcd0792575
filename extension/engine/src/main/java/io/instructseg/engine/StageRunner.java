package io.instructseg.engine;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.engine.session.StageException;
import io.instructseg.format.ElementType;
import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;

/** Runs the stages of one request: asks for cancellation before each, and times it. */
final class StageRunner {

    private final ModelSession session;
    private final CancellationToken cancellation;
    private final boolean checksAll;
    private final Timings timings;

    private StageRunner(ModelSession session, CancellationToken cancellation, Consumer<StageRun> listener, boolean checksAll) {
        this.session = session;
        this.cancellation = cancellation;
        this.timings = new Timings(listener);
        this.checksAll = checksAll;
    }

    static StageRunner of(ModelSession session, CancellationToken cancellation) {
        return of(session, cancellation, run -> {
        });
    }

    /** @param listener is told about each stage that ran, on the thread that runs it */
    static StageRunner of(ModelSession session, CancellationToken cancellation, Consumer<StageRun> listener) {
        return new StageRunner(session, cancellation, listener, false);
    }

    /** Checks all that a stage gives: the first stage that is broken is named, not the one that trips over it. */
    static StageRunner checking(ModelSession session, CancellationToken cancellation) {
        return new StageRunner(session, cancellation, run -> {
        }, true);
    }

    /** All outputs of a stage; the caller closes them. */
    Activations run(Signature stage, Map<String, Activation> inputs) {
        return run(stage, inputs, stage.outputs().stream().map(TensorSpec::name).toList());
    }

    /** Some outputs of a stage; the caller closes them. */
    Activations run(Signature stage, Map<String, Activation> inputs, List<String> outputs) {
        cancellation.throwIfCancelled();
        Activations given = timings.time(stage, () -> session.runStage(stage, inputs, outputs));
        if (checksAll) {
            check(stage, given);
        }
        return given;
    }

    private static void check(Signature stage, Activations given) {
        try {
            for (TensorSpec spec : stage.outputs()) {
                if (spec.type() == ElementType.FLOAT32 && given.get(spec.name()) != null) {
                    finite(stage, spec.name(), given);
                }
            }
        } catch (RuntimeException | Error e) {
            given.close();
            throw e;
        }
    }

    /**
     * A float32 output in the JVM's memory.
     *
     * @throws StageException if it holds what is no number
     */
    static HostTensor finite(Signature stage, String name, Activations outputs) {
        HostTensor tensor = outputs.get(name).toHost();
        for (float value : tensor.floats()) {
            if (!Float.isFinite(value)) {
                throw new StageException(stage, "output " + name + " holds " + value + ", expected finite numbers");
            }
        }
        return tensor;
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
