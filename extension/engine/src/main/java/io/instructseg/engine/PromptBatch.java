package io.instructseg.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.text.Prompt;

/** Prompts side by side, padded on the right to the longest. Owns the tensors until closed. */
final class PromptBatch implements AutoCloseable {

    /** Items that run side by side at most: more would only need more memory at once. */
    private static final int MOST_ITEMS = 8;

    /** Logits of one attention head for all items; a model of the official size has 32 heads, 4 bytes a logit. */
    private static final long MOST_LOGITS = 4 << 20;

    private final Map<String, Activation> tensors = new HashMap<>();

    /**
     * Prompts in their order, in batches whose attention stays within bounds; a long prompt may be alone.
     *
     * @param patchTokens tokens of the picture in each prompt
     */
    static List<List<Prompt>> split(List<Prompt> prompts, int patchTokens) {
        List<List<Prompt>> batches = new ArrayList<>();
        int from = 0;
        long longest = 0;
        for (int i = 0; i < prompts.size(); i++) {
            long tokens = patchTokens + prompts.get(i).ids().length + prompts.get(i).instruction().length;
            longest = Math.max(longest, tokens);
            int items = i - from + 1;
            if (items > MOST_ITEMS || items > 1 && items * longest * longest > MOST_LOGITS) {
                batches.add(prompts.subList(from, i));
                from = i;
                longest = tokens;
            }
        }
        if (from < prompts.size()) {
            batches.add(prompts.subList(from, prompts.size()));
        }
        return batches;
    }

    PromptBatch(List<Prompt> prompts) {
        try {
            tensors.put("prompt_ids", padded(prompts.stream().map(Prompt::ids).toList()));
            tensors.put("prompt_lengths", lengths(prompts, prompt -> prompt.ids().length));
            tensors.put("instruction_ids", padded(prompts.stream().map(Prompt::instruction).toList()));
            tensors.put("instruction_lengths", lengths(prompts, prompt -> prompt.instruction().length));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** One prompt that has none: a row of zeros of length 0 stands for it. */
    static PromptBatch withoutInstruction(int[] ids) {
        return new PromptBatch(List.of(new Prompt(ids, new int[0])));
    }

    /** By the names of the signatures' inputs: {@code prompt_ids}, {@code instruction_ids} and their lengths. */
    Activation get(String name) {
        return tensors.get(name);
    }

    private static Activation padded(List<int[]> rows) {
        int longest = Math.max(1, rows.stream().mapToInt(row -> row.length).max().orElseThrow());
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
        tensors.values().forEach(Activation::close);
    }
}
