package io.instructseg.engine;

import java.util.HashMap;
import java.util.Map;

import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.format.Signature;

/** The stages that run for a batch of prompts. */
final class PromptStages {

    private PromptStages() {
    }

    /** What the perceiver's queries find in a picture for each prompt: {@code perceived}. */
    static Activations perceive(StageRunner runner, Activation patches, PromptBatch batch) {
        return runner.run(Signature.PERCEIVE, Map.of("patches", patches, "instruction_ids", batch.get("instruction_ids"),
                "instruction_lengths", batch.get("instruction_lengths")));
    }

    /**
     * From prompts to the mask and score logits of each query.
     *
     * @param perceived what was perceived in the references of each prompt, those of a prompt in a row
     */
    static Activations decode(StageRunner runner, ImageFeatures image, PromptBatch batch, Activation perceived) {
        try (Activations states = runner.run(Signature.REASON, languageModelInputs(batch, image.patches(), perceived));
                Activations fused = runner.run(Signature.FUSE, Map.of("instruction_states", states.get("instruction_states"),
                        "instruction_lengths", batch.get("instruction_lengths"), "res5", image.pixels().res5()))) {
            Map<String, Activation> inputs = new HashMap<>(image.pixels().maps());
            inputs.put("query_states", states.get("query_states"));
            inputs.put("score_embedding", fused.get("score_embedding"));
            return runner.run(Signature.DECODE_MASKS, inputs);
        }
    }

    /** What {@code reason} and {@code prefill} take. */
    static Map<String, Activation> languageModelInputs(PromptBatch batch, Activation patches, Activation perceived) {
        return Map.of("prompt_ids", batch.get("prompt_ids"), "prompt_lengths", batch.get("prompt_lengths"), "instruction_ids",
                batch.get("instruction_ids"), "instruction_lengths", batch.get("instruction_lengths"), "patches", patches,
                "perceived", perceived);
    }

    /**
     * Stands for what a prompt has no placeholder for.
     *
     * @param rows an axis of the model
     */
    static Activation zeros(StageRunner runner, String rows) {
        int count = runner.size(rows);
        int width = runner.size("D");
        return Activation.of(HostTensor.floats(new float[count * width], 1, count, width));
    }
}
