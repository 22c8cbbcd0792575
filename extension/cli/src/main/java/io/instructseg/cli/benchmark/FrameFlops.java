package io.instructseg.cli.benchmark;

import io.instructseg.format.Hyperparameters;

/**
 * Floating-point operations of a video's frame, as {@link ModelFlops} counts them, here and in the official script.
 *
 * @param textTokens of the prompt, beside what is spliced into it
 * @param instructionTokens of the sentence
 * @param references frames that the perceiver looks at
 */
record FrameFlops(Hyperparameters sizes, int textTokens, int instructionTokens, int references) {

    /** For each sentence anew: the frame and its references through all of SigLIP, the references through the perceiver. */
    public double official() {
        ModelFlops model = model(true);
        double heads = model.fusedPicture() + model.fusion(1.0 + instructionTokens) + model.levelKeys() + model.maskLayers()
                + (sizes.maskDecoder().layers() + 1) * model.finalMasks();
        return (references + 1) * model.vision(sizes.visionEncoder().layers() + 1) + model.backbone() + model.pixelDecoder()
                + references * (model.patchKeys() + model.perceiverRow())
                + model.languageModel(model.promptTokens(), model.promptTokens())
                + heads;
    }

    /** One sentence: a frame is encoded once, without the layer behind the one that is read, and perceived once. */
    public double first() {
        ModelFlops model = model(false);
        return model.vision() + model.backbone() + model.pixelDecoder() + model.patchKeys() + further();
    }

    /** Each further sentence about the same frame. What the heads share between sentences is not taken off. */
    public double further() {
        ModelFlops model = model(false);
        return model.perceiverRow() + model.languageModel() + model.fusedPicture() + model.fusion(1) + model.levelKeys()
                + model.maskLayers() + model.masks();
    }

    private ModelFlops model(boolean official) {
        return new ModelFlops(sizes, textTokens, instructionTokens, references, official);
    }
}
