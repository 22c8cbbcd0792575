package io.instructseg.engine;

import java.util.List;
import java.util.function.ToIntFunction;

import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.text.Prompt;

/** Prompts side by side, padded on the right to the longest. Owns the tensors until closed. */
final class PromptBatch implements AutoCloseable {

    private final Activation promptIds;
    private final Activation promptLengths;
    private final Activation instructionIds;
    private final Activation instructionLengths;

    PromptBatch(List<Prompt> prompts) {
        promptIds = padded(prompts.stream().map(Prompt::ids).toList());
        promptLengths = lengths(prompts, prompt -> prompt.ids().length);
        instructionIds = padded(prompts.stream().map(Prompt::instruction).toList());
        instructionLengths = lengths(prompts, prompt -> prompt.instruction().length);
    }

    Activation promptIds() {
        return promptIds;
    }

    Activation promptLengths() {
        return promptLengths;
    }

    Activation instructionIds() {
        return instructionIds;
    }

    Activation instructionLengths() {
        return instructionLengths;
    }

    private static Activation padded(List<int[]> rows) {
        int longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
        int[] all = new int[rows.size() * longest];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * longest, rows.get(i).length);
        }
        return Activation.of(HostTensor.ints(all, rows.size(), longest));
    }

    private static Activation lengths(List<Prompt> prompts, ToIntFunction<Prompt> length) {
        return Activation.of(HostTensor.ints(prompts.stream().mapToInt(length).toArray(), prompts.size()));
    }

    @Override
    public void close() {
        promptIds.close();
        promptLengths.close();
        instructionIds.close();
        instructionLengths.close();
    }
}
