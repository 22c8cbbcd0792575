package io.instructseg.engine.session;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a stage gave, by name; closing frees all of it. */
public final class Activations implements AutoCloseable {

    private final Map<String, Activation> byName;

    Activations(Map<String, Activation> byName) {
        this.byName = new LinkedHashMap<>(byName);
    }

    public Activation get(String name) {
        return byName.get(name);
    }

    /** All of them. */
    public Map<String, Activation> all() {
        return Collections.unmodifiableMap(byName);
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        for (Activation activation : byName.values()) {
            try {
                activation.close();
            } catch (RuntimeException e) {
                // the others are freed nevertheless
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
