package io.instructseg.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.text.Prompts;
import io.instructseg.engine.text.Tokenizer;

/**
 * A conversation as the language model reads it.
 *
 * @param ids of {@link Prompts#conversation}
 * @param tokens with those of the picture, which is one of the ids
 */
record ConversationPrompt(int[] ids, int tokens) {

    /** What the language model was trained with altogether; attention's memory grows with the square of it. */
    static final int CONTEXT = 2048;

    /**
     * @param patchTokens of the picture, 0 without one
     * @param maxTokens to be made behind it
     * @throws ConversationException if a message is blank, or all of it too long
     */
    static ConversationPrompt of(Prompts prompts, Tokenizer tokenizer, Conversation conversation, int patchTokens,
            int maxTokens) throws ConversationException {
        List<String> messages = messages(conversation, tokenizer);
        String whole = conversation.turns().isEmpty() ? "question" : "turns";
        int[] ids = prompts.conversation(messages, patchTokens > 0);
        int most = Math.min(tokenizer.maxLength(), CONTEXT - 1);
        if (ids.length > most) {
            throw new ConversationException(whole, "found a prompt of " + ids.length + " tokens, expected at most " + most);
        }
        int tokens = patchTokens > 0 ? ids.length - 1 + patchTokens : ids.length;
        if (tokens >= CONTEXT) {
            throw new ConversationException(whole, "found a prompt of " + tokens + " tokens, " + patchTokens
                    + " of them the picture's, expected at most " + (CONTEXT - 1));
        }
        if (tokens + maxTokens > CONTEXT) {
            throw new ConversationException("maxTokens", "found " + maxTokens + " after a prompt of " + tokens
                    + " tokens, expected at most " + (CONTEXT - tokens));
        }
        return new ConversationPrompt(ids, tokens);
    }

    private static List<String> messages(Conversation conversation, Tokenizer tokenizer) throws ConversationException {
        List<Conversation.Turn> turns = conversation.turns();
        if (turns.size() > Conversation.MOST_TURNS) {
            throw new ConversationException("turns", "found " + turns.size() + ", expected at most " + Conversation.MOST_TURNS);
        }
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            messages.add(message("turns[" + i + "].question", turns.get(i).question(), tokenizer));
            messages.add(message("turns[" + i + "].answer", turns.get(i).answer(), tokenizer));
        }
        messages.add(message("question", conversation.question(), tokenizer));
        requireFew("turns", messages.stream().mapToLong(String::length).sum(), tokenizer);
        return messages;
    }

    /** So many characters can't be fewer tokens: no need to count. */
    private static void requireFew(String field, long characters, Tokenizer tokenizer) throws ConversationException {
        if (characters > (long) CONTEXT * tokenizer.longestToken()) {
            throw new ConversationException(field, "found " + characters + " characters, expected at most " + CONTEXT
                    + " tokens");
        }
    }

    private static String message(String field, String text, Tokenizer tokenizer) throws ConversationException {
        requireFew(field, text.length(), tokenizer);
        if (Prompts.message(text).isEmpty()) {
            throw new ConversationException(field, "found a blank text, expected words");
        }
        return text;
    }

    /** Has the language model read this, and the picture. */
    CachedLanguageModel prefill(StageRunner runner, Optional<RgbImage> image) {
        if (image.isEmpty()) {
            try (Activation none = PromptStages.zeros(runner, "P")) {
                return prefill(runner, none);
            }
        }
        try (Activations vision = ImageFeatures.encodeVision(image.get(), runner)) {
            return prefill(runner, vision.get("patches"));
        }
    }

    private CachedLanguageModel prefill(StageRunner runner, Activation patches) {
        try (PromptBatch batch = PromptBatch.withoutInstruction(ids);
                Activation perceived = PromptStages.zeros(runner, "L")) {
            return new CachedLanguageModel(runner, PromptStages.languageModelInputs(batch, patches, perceived));
        }
    }
}
