package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.Map;

import io.instructseg.format.Signature;

/** Is told about each request that ends. Beans of this type are asked; they must be quick. */
public interface RequestListener {

    /**
     * A request has ended.
     *
     * @param model the model's name
     * @param took from the subscription to the end
     * @param stages how long each stage took; empty without an answer
     */
    void ended(String model, Outcome outcome, Duration took, Map<Signature, Duration> stages);
}
