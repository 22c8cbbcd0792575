package io.instructseg.engine.session;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TInt32;

import io.instructseg.format.Signature;

/** The tensors that a session keeps under handles, by the nodes that {@link SessionTensorNodes} added. */
final class SessionTensors {

    private static final Map<String, Signature> STAGES = SessionTensorNodes.stagesOf();

    private final Session session;
    private final AtomicInteger kept = new AtomicInteger();
    private volatile boolean closed;

    SessionTensors(Session session) {
        this.session = session;
    }

    /** Whether a stage's output stays in the session. */
    static boolean keeps(Signature stage, String output) {
        return STAGES.get(output) == stage;
    }

    /** A tensor that a step has just left in the session; whoever closes it deletes it there. */
    Activation keep(String name, Tensor handle) {
        kept.incrementAndGet();
        return Activation.kept(this, name, handle);
    }

    /** How many there are. */
    int count() {
        return kept.get();
    }

    HostTensor read(String name, Tensor handle) {
        try (Result read = fetch(name, handle, SessionTensorNodes.tensor(name))) {
            return Activation.toHost(read.get(0));
        } catch (RuntimeException e) {
            throw new StageException(STAGES.get(name), e);
        }
    }

    long[] shape(String name, Tensor handle) {
        try (Result read = fetch(name, handle, SessionTensorNodes.shape(name))) {
            TInt32 sizes = (TInt32) read.get(0);
            long[] shape = new long[(int) sizes.size()];
            for (int axis = 0; axis < shape.length; axis++) {
                shape[axis] = sizes.getInt(axis);
            }
            return shape;
        } catch (RuntimeException e) {
            throw new StageException(STAGES.get(name), e);
        }
    }

    private Result fetch(String name, Tensor handle, String wanted) {
        return session.runner().feed(SessionTensorNodes.given(name), handle).fetch(wanted).run();
    }

    /** @throws StageException if TensorFlow does not know the handle */
    void delete(String name, Tensor handle) {
        if (closed) {
            // they went with the session
            return;
        }
        try {
            session.runner().feed(SessionTensorNodes.DELETED, handle).addTarget(SessionTensorNodes.DELETE).run().close();
            kept.decrementAndGet();
        } catch (RuntimeException e) {
            throw new StageException(STAGES.get(name), e);
        }
    }

    /** Before the session is. */
    void close() {
        closed = true;
    }
}
