package io.instructseg.cli.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.format.Signature;

/** What a model would say next after each token of a given answer. */
final class ForcedAnswer {

    private static final List<String> PREFIX = List.of("logits", "prefix_keys", "prefix_values");
    private static final List<String> STEP = List.of("logits", "keys", "values");

    private ForcedAnswer() {
    }

    /**
     * The logits {@code [V]} at each token of an answer: those that chose it.
     *
     * @param prompt ids, placeholders among them
     * @param patches {@code [1, P, D]} of the picture
     */
    static List<float[]> logits(ModelSession session, int[] prompt, HostTensor patches, int[] tokens) {
        List<float[]> logits = new ArrayList<>();
        Map<String, HostTensor> prefix = session.run(Signature.PREFILL, prefill(session, prompt, patches), PREFIX);
        logits.add(prefix.get("logits").floats());
        HostTensor keys = none(prefix.get("prefix_keys"));
        HostTensor values = none(prefix.get("prefix_values"));
        for (int i = 0; i < tokens.length - 1; i++) {
            Map<String, HostTensor> step = session.run(Signature.DECODE,
                    Map.of("token_ids", HostTensor.ints(new int[] { tokens[i] }, 1, 1), "prefix_keys",
                            prefix.get("prefix_keys"),
                            "prefix_values", prefix.get("prefix_values"), "keys", keys, "values", values),
                    STEP);
            logits.add(step.get("logits").floats());
            keys = step.get("keys");
            values = step.get("values");
        }
        return logits;
    }

    private static Map<String, HostTensor> prefill(ModelSession session, int[] prompt, HostTensor patches) {
        Map<String, HostTensor> inputs = new HashMap<>();
        inputs.put("prompt_ids", HostTensor.ints(prompt, 1, prompt.length));
        inputs.put("prompt_lengths", HostTensor.ints(new int[] { prompt.length }, 1));
        inputs.put("instruction_ids", HostTensor.ints(new int[1], 1, 1));
        inputs.put("instruction_lengths", HostTensor.ints(new int[1], 1));
        inputs.put("patches", patches);
        inputs.put("perceived", zeros(session, 1, session.size("L"), session.size("D")));
        return inputs;
    }

    /** For a prompt without a picture. */
    static HostTensor noPatches(ModelSession session) {
        return zeros(session, 1, session.size("P"), session.size("D"));
    }

    private static HostTensor zeros(ModelSession session, int... shape) {
        return HostTensor.floats(new float[shape[0] * shape[1] * shape[2]], shape[0], shape[1], shape[2]);
    }

    /** {@code [layers, 1, heads, 0, headSize]}: no tokens since the prompt. */
    private static HostTensor none(HostTensor ofPrompt) {
        long[] shape = ofPrompt.shape();
        shape[3] = 0;
        return HostTensor.floats(new float[0], shape);
    }
}
