package io.instructseg.cli.benchmark;

import io.instructseg.engine.text.Prompt;
import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Signature;

/**
 * Floating-point operations of the stages for a picture and several sentences of one length, as {@link ModelFlops} counts them.
 */
final class StageFlops {

    private final ModelFlops model;

    StageFlops(Hyperparameters sizes, Prompt prompt) {
        model = new ModelFlops(sizes, words(prompt), prompt.instruction().length, 1, false);
    }

    /** Tokens that are words: below zero are the placeholders of what is spliced in. */
    static int words(Prompt prompt) {
        int words = 0;
        for (int id : prompt.ids()) {
            words += id >= 0 ? 1 : 0;
        }
        return words;
    }

    /** What depends on the picture alone is computed once. Resizing masks multiplies no matrices. */
    double of(Signature stage, int sentences) {
        return switch (stage) {
            case ENCODE_VISION -> model.vision();
            case ENCODE_BACKBONE -> model.backbone();
            case DECODE_PIXELS -> model.pixelDecoder();
            case PERCEIVE -> model.patchKeys() + sentences * model.perceiverRow();
            case REASON -> sentences * model.languageModel();
            case FUSE -> model.fusedPicture() + sentences * model.fusion(1);
            case DECODE_MASKS -> model.levelKeys() + sentences * (model.maskLayers() + model.masks());
            default -> 0;
        };
    }
}
