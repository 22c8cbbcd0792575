package io.instructseg.engine.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.tensorflow.Result;

/** What a stage gave, by name; closing frees all of it. */
public final class Activations implements AutoCloseable {

    private final Result result;
    private final Map<String, Activation> byName = new LinkedHashMap<>();

    Activations(List<String> names, Result result) {
        this.result = result;
        for (int i = 0; i < names.size(); i++) {
            byName.put(names.get(i), new Activation(result.get(i)));
        }
    }

    public Activation get(String name) {
        return byName.get(name);
    }

    /** All of them. */
    public Map<String, Activation> all() {
        return byName;
    }

    @Override
    public void close() {
        result.close();
    }
}
