package io.instructseg.quarkus.runtime;

import io.instructseg.engine.ConversationException;
import io.instructseg.engine.InstructionException;
import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.video.VideoException;
import io.instructseg.quarkus.DeadlineExceededException;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.QueueFullException;
import io.instructseg.quarkus.WordlessModelException;

/** How a request ended. */
public enum Outcome {

    /** With an answer. */
    ANSWERED,
    /** The picture, the video, an instruction or a question can't be used. */
    INVALID,
    /** The queue was full. */
    REJECTED,
    /** It took too long. */
    DEADLINE,
    /** Nobody waited for it any more. */
    CANCELLED,
    /** There is no model, or it has no words. */
    UNAVAILABLE,
    /** The model failed. */
    FAILED;

    static Outcome of(Throwable failure) {
        if (failure instanceof ImageException || failure instanceof VideoException
                || failure instanceof InstructionException || failure instanceof ConversationException
                || failure instanceof IllegalArgumentException) {
            return INVALID;
        }
        if (failure instanceof QueueFullException) {
            return REJECTED;
        }
        if (failure instanceof DeadlineExceededException) {
            return DEADLINE;
        }
        return failure instanceof ModelUnavailableException || failure instanceof WordlessModelException ? UNAVAILABLE
                : FAILED;
    }
}
