package io.instructseg.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.text.Prompt;
import io.instructseg.engine.text.Prompts;
import io.instructseg.engine.text.Task;
import io.instructseg.engine.text.Tokenizer;

/**
 * Segments with words, as the official training's explanatory samples of ReasonSeg have them: for each instruction, first the
 * language model explains, then the mask queries read the prompt with the explanation.
 */
record ExplainedSegmentation(ImageSegmentation segmentation, Prompts prompts, Tokenizer tokenizer, GenerationOptions options) {

    record Answer(List<Candidate> candidates, Optional<String> words) {
    }

    /** Such prompts as {@link Prompts#explanation} makes, for instructions that were checked. */
    List<Prompt> prompts(List<Instruction> instructions, int mostTokens) throws InstructionException {
        List<Prompt> all = new ArrayList<>();
        for (Instruction instruction : instructions) {
            int index = all.size();
            if (instruction.task() != Task.REASONING) {
                throw new InstructionException(index, ".task", "found " + instruction.task().name().toLowerCase(Locale.ROOT)
                        + ", expected reasoning, the only one that is explained");
            }
            Prompt prompt = prompts.explanation(instruction.sentences());
            // so the language model never reads more than without an explanation
            if (prompt.instruction().length + options.maxTokens() > mostTokens) {
                throw new InstructionException(index, "", "found " + prompt.instruction().length + " tokens before "
                        + options.maxTokens() + " of an explanation, expected at most " + mostTokens + " together");
            }
            requireRoom(index, prompts.explained(prompt, new int[options.maxTokens()]));
            all.add(prompt);
        }
        return all;
    }

    /** The official collator would cut the prompt, and with it the mask queries. */
    private void requireRoom(int index, Prompt longest) throws InstructionException {
        int excess = longest.ids().length - tokenizer.maxLength();
        if (excess > 0) {
            throw new InstructionException(index, "", "found " + options.maxTokens() + " tokens for an explanation, expected "
                    + "at most " + (options.maxTokens() - excess) + " beside the prompt");
        }
    }

    List<Answer> answer(RgbImage image, List<Prompt> all) {
        List<Answer> answers = new ArrayList<>();
        try (ImageFeatures features = ImageFeatures.encode(image, segmentation.runner())) {
            for (Prompt prompt : all) {
                answers.add(answer(features, prompt));
            }
        }
        return answers;
    }

    private Answer answer(ImageFeatures image, Prompt prompt) {
        try (PromptBatch batch = new PromptBatch(List.of(prompt));
                Activations perceived = PromptStages.perceive(segmentation.runner(), image.patches(), batch)) {
            Activation seen = perceived.get("perceived");
            StringBuilder text = new StringBuilder();
            try (TextGeneration words = words(image, prompt, batch, seen)) {
                for (Optional<String> piece = words.next(); piece.isPresent(); piece = words.next()) {
                    text.append(piece.get());
                }
                try (PromptBatch explained = new PromptBatch(List.of(prompts.explained(prompt, words.ids())))) {
                    return new Answer(segmentation.answer(image, explained, 1, seen).get(0),
                            Optional.of(text.toString().strip()).filter(explanation -> !explanation.isEmpty()));
                }
            }
        }
    }

    private TextGeneration words(ImageFeatures image, Prompt prompt, PromptBatch batch, Activation perceived) {
        StageRunner runner = segmentation.runner();
        int visual = Math.toIntExact(image.patchTokens() + perceived.shape()[1]);
        int tokens = visual + prompt.instruction().length
                + (int) Arrays.stream(prompt.ids()).filter(id -> id >= 0).count();
        return new TextGeneration(runner,
                () -> new CachedLanguageModel(runner, PromptStages.languageModelInputs(batch, image.patches(), perceived)),
                tokens, tokenizer, options, tokenizer.endOfText(), tokenizer.segmentationToken());
    }
}
