package io.instructseg.cli.benchmark;

import io.instructseg.format.Hyperparameters;

/**
 * Floating-point operations of the model's parts: those of matrix products, convolutions and attention, two for a
 * multiplication and an addition, counted from the model's sizes. Norms, activations, sampling and resizing are left out.
 *
 * @param textTokens of the prompt, beside what is spliced into it
 * @param instructionTokens of the sentence
 * @param references frames that the perceiver looks at; a picture is its own
 * @param official whether what the official code multiplies is counted: causal attention in full, the padding of Swin's
 *        windows; or what the graph does, which leaves out much of both
 */
record ModelFlops(Hyperparameters sizes, int textTokens, int instructionTokens, int references, boolean official) {

    /** Four blocks of tokens, each attending to all up to its end: 1 + 2 + 3 + 4 of 16 parts. */
    private static final double CAUSAL = 10.0 / 16;

    /** The layers up to the one that is read. */
    double vision() {
        return vision(sizes.visionEncoder().layers());
    }

    double vision(int layers) {
        Hyperparameters.VisionEncoder vision = sizes.visionEncoder();
        double patches = vision.patches();
        double width = vision.hiddenSize();
        double model = sizes.languageModel().hiddenSize();
        double embedding = product(patches, 3.0 * vision.patchSize() * vision.patchSize(), width);
        double layer = 4 * product(patches, width, width) + attention(patches, patches, width)
                + 2 * product(patches, width, vision.intermediateSize());
        return embedding + layers * layer + product(patches, width, model) + product(patches, model, model);
    }

    double backbone() {
        Hyperparameters.Backbone swin = sizes.backbone();
        double flops = product(square(swin.side(0)), 3 * 4 * 4, swin.embedDim());
        for (int stage = 0; stage < 4; stage++) {
            double width = swin.channels(stage);
            double tokens = square(swin.side(stage));
            double window = square(swin.windowSize());
            double padded = square(Math.ceil((double) swin.side(stage) / swin.windowSize()) * swin.windowSize());
            // in the graph one token stands for all padding
            double projected = official || padded == tokens ? padded : tokens + 1;
            double block = 3 * product(projected, width, width) + attention(padded, window, width)
                    + product(official ? padded : tokens, width, width)
                    + 2 * product(tokens, width, swin.intermediateSizes().get(stage));
            double merging = stage == 0 ? 0 : product(tokens, 2 * width, width);
            flops += merging + swin.depths().get(stage) * block;
        }
        return flops;
    }

    double pixelDecoder() {
        Hyperparameters.Backbone swin = sizes.backbone();
        Hyperparameters.PixelDecoder decoder = sizes.pixelDecoder();
        double width = decoder.hiddenSize();
        double samples = 3.0 * decoder.heads() * decoder.points();
        double layer = 2 * product(levels(), width, width) + product(levels(), width, 3 * samples)
                + 2 * product(levels(), width, decoder.feedForwardSize());
        double projections = 0;
        for (int stage = 1; stage < 4; stage++) {
            projections += product(square(swin.side(stage)), swin.channels(stage), width);
        }
        double pixels = square(swin.side(0));
        double pyramid = product(pixels, swin.channels(0), width) + product(pixels, 9 * width, width)
                + product(pixels, width, sizes.maskDecoder().maskSize());
        return projections + decoder.layers() * layer + pyramid;
    }

    /** Pixels of the maps of strides 8, 16, 32. */
    private double levels() {
        return square(sizes.backbone().side(1)) + square(sizes.backbone().side(2)) + square(sizes.backbone().side(3));
    }

    /** Keys and values of a frame's patches: the same for all sentences. */
    double patchKeys() {
        return sizes.perceiver().layers() * product(sizes.visionEncoder().patches(), sizes.languageModel().hiddenSize(),
                2.0 * sizes.perceiver().heads() * sizes.perceiver().headSize());
    }

    double perceiverRow() {
        Hyperparameters.Perceiver perceiver = sizes.perceiver();
        double inner = (double) perceiver.heads() * perceiver.headSize();
        double own = instructionTokens + perceiver.queries();
        return perceiver.layers() * perceiverLayer(perceiver.queries(), own, sizes.visionEncoder().patches() + own,
                sizes.languageModel().hiddenSize(), inner, perceiver.feedForwardSize());
    }

    /** @param projected media and latents whose keys and values are counted here, of all that is attended to */
    private static double perceiverLayer(double latents, double projected, double attended, double width, double inner,
            double feedForward) {
        return 2 * product(latents, width, inner) + product(projected, width, 2 * inner)
                + attention(latents, attended, inner) + 2 * product(latents, width, feedForward);
    }

    double promptTokens() {
        return textTokens + (double) references * sizes.perceiver().queries() + sizes.visionEncoder().patches()
                + instructionTokens + sizes.maskDecoder().queries();
    }

    /** The instruction's and the queries' states. */
    double languageModel() {
        return languageModel(promptTokens(), instructionTokens + sizes.maskDecoder().queries());
    }

    /** @param asked positions whose states are read: of the last layer all else is keys and values */
    double languageModel(double tokens, double asked) {
        double width = sizes.languageModel().hiddenSize();
        double causal = (official ? 1 : CAUSAL) * attention(tokens, tokens, width);
        return (sizes.languageModel().layers() - 1) * (languageLayer(tokens, tokens) + causal) + languageLayer(tokens, asked)
                + attention(asked, tokens, width);
    }

    /** Reads so many tokens, for the word that follows. */
    double prefill(double tokens) {
        return languageModel(tokens, 1) + vocabulary();
    }

    /** @param attended tokens so far, with the new one */
    double decode(double attended) {
        Hyperparameters.LanguageModel phi = sizes.languageModel();
        return phi.layers() * (languageLayer(1, 1) + attention(1, attended, phi.hiddenSize())) + vocabulary();
    }

    private double vocabulary() {
        return product(1, sizes.languageModel().hiddenSize(), sizes.languageModel().outputSize());
    }

    /**
     * Without attention.
     *
     * @param tokens whose keys and values are made
     * @param asked whose states are
     */
    private double languageLayer(double tokens, double asked) {
        Hyperparameters.LanguageModel phi = sizes.languageModel();
        double width = phi.hiddenSize();
        return 2 * product(tokens, width, width) + 2 * product(asked, width, width)
                + 2 * product(asked, width, phi.intermediateSize());
    }

    /** What the fusion makes of the picture alone: its projection, keys and values. */
    double fusedPicture() {
        Hyperparameters.TextFusion fusion = sizes.textFusion();
        double vision = square(sizes.backbone().side(3));
        double inner = (double) fusion.heads() * fusion.headSize();
        return product(vision, sizes.backbone().channels(3), fusion.hiddenSize())
                + fusion.layers() * product(vision, fusion.hiddenSize(), 2 * inner);
    }

    /** @param rows that are fused: the mean's, in the official code also the instruction's */
    double fusion(double rows) {
        Hyperparameters.TextFusion fusion = sizes.textFusion();
        double width = fusion.hiddenSize();
        double inner = (double) fusion.heads() * fusion.headSize();
        return product(rows + 1, sizes.languageModel().hiddenSize(), width)
                + fusion.layers() * perceiverLayer(rows, 1, square(sizes.backbone().side(3)) + 1, width, inner,
                        fusion.feedForwardSize())
                + product(1, 2 * width, sizes.maskDecoder().hiddenSize());
    }

    /**
     * What the mask decoder makes of the picture alone: keys and values. Each layer reads a level, strides 32, 16, 8 in turn.
     */
    double levelKeys() {
        Hyperparameters.MaskDecoder decoder = sizes.maskDecoder();
        double flops = 0;
        for (int layer = 0; layer < decoder.layers(); layer++) {
            flops += 2 * product(level(layer), decoder.hiddenSize(), decoder.hiddenSize());
        }
        for (int level = 0; decoder.projectsInput() && level < 3; level++) {
            flops += product(level(level), sizes.pixelDecoder().hiddenSize(), decoder.hiddenSize());
        }
        return flops;
    }

    /** The mask decoder's layers and embeddings, without keys, values and masks. */
    double maskLayers() {
        Hyperparameters.MaskDecoder decoder = sizes.maskDecoder();
        double queries = decoder.queries();
        double width = decoder.hiddenSize();
        double flops = product(queries, sizes.languageModel().hiddenSize(), width);
        for (int layer = 0; layer < decoder.layers(); layer++) {
            flops += attention(queries, level(layer), width);
        }
        double ofQueries = 6 * product(queries, width, width) + attention(queries, queries, width)
                + 2 * product(queries, width, decoder.feedForwardSize());
        double embedding = 2 * product(queries, width, width) + product(queries, width, decoder.maskSize());
        return flops + decoder.layers() * ofQueries + (decoder.layers() + 1) * embedding
                + 2 * product(queries, width, width);
    }

    /** The masks between the layers, which have those layers' size, and the last ones. */
    double masks() {
        Hyperparameters.MaskDecoder decoder = sizes.maskDecoder();
        double flops = finalMasks();
        for (int layer = 0; layer < decoder.layers(); layer++) {
            flops += product(decoder.queries(), decoder.maskSize(), level(layer));
        }
        return flops;
    }

    double finalMasks() {
        return product(sizes.maskDecoder().queries(), sizes.maskDecoder().maskSize(), square(sizes.backbone().side(0)));
    }

    private double level(int layer) {
        return square(sizes.backbone().side(3 - layer % 3));
    }

    /** {@code [rows, in] x [in, out]}. */
    private static double product(double rows, double in, double out) {
        return 2 * rows * in * out;
    }

    /** Logits, and the weighted sum of the values. */
    private static double attention(double queries, double keys, double width) {
        return 2 * product(queries, width, keys);
    }

    private static double square(double side) {
        return side * side;
    }
}
