package io.instructseg.quarkus;

/** Too many requests wait for the model already. Try again later. */
public class QueueFullException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public QueueFullException(int size) {
        super("the model's queue is full: " + size + " requests wait already (quarkus.instructseg.queue.size)");
    }
}
