package io.instructseg.engine;

import java.util.Map;

import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.format.Signature;

/**
 * The language model behind a prompt: reads token after token and tells the logits of the next. Owns the keys and values of
 * what it has read until closed.
 */
final class CachedLanguageModel implements AutoCloseable {

    private static final String LOGITS = "logits";

    private final StageRunner runner;
    private final Activations prefix;
    /** Of the tokens behind the prompt. */
    private Activation keys;
    private Activation values;
    private float[] logits;

    /** @param inputs of {@link Signature#PREFILL}; they stay the caller's */
    CachedLanguageModel(StageRunner runner, Map<String, Activation> inputs) {
        this.runner = runner;
        this.prefix = runner.run(Signature.PREFILL, inputs);
        try {
            logits = takeLogits(prefix);
            keys = noTokens("keys");
            values = noTokens("values");
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Activation noTokens(String input) {
        long[] shape = prefix.get("prefix_keys").shape();
        shape[3] = 0;
        return runner.empty(Signature.DECODE, input, shape);
    }

    /** Of the token that follows what was read: one for each token of the model, finite. */
    float[] logits() {
        return logits;
    }

    /** Reads one more token. */
    void read(int id) {
        try (Activation token = Activation.of(HostTensor.ints(new int[] { id }, 1, 1))) {
            Activations grown = runner.run(Signature.DECODE,
                    Map.of("token_ids", token, "prefix_keys", prefix.get("prefix_keys"),
                            "prefix_values", prefix.get("prefix_values"), "keys", keys, "values", values));
            try (Activation formerKeys = keys; Activation formerValues = values) {
                keys = grown.get("keys");
                values = grown.get("values");
                logits = takeLogits(grown);
            }
        }
    }

    private static float[] takeLogits(Activations given) {
        try (Activation logits = given.get(LOGITS)) {
            return logits.toHost().floats();
        }
    }

    @Override
    public void close() {
        try (prefix) {
            closeTail();
        }
    }

    private void closeTail() {
        try {
            if (keys != null) {
                keys.close();
            }
        } finally {
            if (values != null) {
                values.close();
            }
        }
    }
}
