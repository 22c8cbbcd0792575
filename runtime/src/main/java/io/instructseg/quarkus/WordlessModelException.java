package io.instructseg.quarkus;

/** The model segments, but it has no words: its checkpoint has no language head, or it was converted without one. */
public class WordlessModelException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param model where it comes from */
    public WordlessModelException(String model) {
        super("the model " + model + " has no words: its checkpoint has no lm_head, or it was converted before models had"
                + " them: convert it again");
    }
}
