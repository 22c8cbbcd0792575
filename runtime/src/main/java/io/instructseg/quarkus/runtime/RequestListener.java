package io.instructseg.quarkus.runtime;

import java.util.function.Consumer;

/** Is told about requests. Beans of this type are asked; they must be quick. */
public interface RequestListener {

    /** What a request is about. */
    enum Subject {
        IMAGE,
        /** A frame of a video: each is reported. */
        FRAME,
        /** An answer in words. */
        ANSWER
    }

    /**
     * A request has come. Called on the thread of whoever makes it, in its context.
     *
     * @param model the model's name
     * @return whom to tell, on any thread, when it or a frame of it ends
     */
    Consumer<RequestReport> submitted(String model, Subject subject);
}
