package io.instructseg.cli.benchmark;

import io.instructseg.format.Hyperparameters;

/**
 * Floating-point operations of a video's frame: those of matrix products, convolutions and attention (in full, causal or not;
 * windows with their padding), two for a multiplication and an addition, counted from the model's sizes. Norms, activations and
 * sampling are left out, on both sides.
 *
 * @param textTokens of the prompt, beside what is spliced into it
 * @param instructionTokens of the sentence
 * @param references frames that the perceiver looks at
 */
public record FrameFlops(Hyperparameters sizes, int textTokens, int instructionTokens, int references) {

    /** For each sentence anew: the frame and its references through all of SigLIP, the references through the perceiver. */
    public double official() {
        return (references + 1) * vision(sizes.visionEncoder().layers() + 1) + backbone() + pixelDecoder()
                + references * (patchKeys() + perceiverRow()) + languageModel(promptTokens()) + officialHeads();
    }

    /** One sentence: a frame is encoded once, without the layer behind the one that is read, and perceived once. */
    public double first() {
        return vision(sizes.visionEncoder().layers()) + backbone() + pixelDecoder() + patchKeys() + further();
    }

    /** Each further sentence about the same frame. What the heads share between sentences is not taken off. */
    public double further() {
        return perceiverRow() + languageModel(instructionTokens + sizes.maskDecoder().queries()) + heads();
    }

    private double vision(int layers) {
        Hyperparameters.VisionEncoder vision = sizes.visionEncoder();
        double patches = vision.patches();
        double width = vision.hiddenSize();
        double model = sizes.languageModel().hiddenSize();
        double embedding = product(patches, 3.0 * vision.patchSize() * vision.patchSize(), width);
        double layer = 4 * product(patches, width, width) + attention(patches, patches, width)
                + 2 * product(patches, width, vision.intermediateSize());
        return embedding + layers * layer + product(patches, width, model) + product(patches, model, model);
    }

    private double backbone() {
        Hyperparameters.Backbone swin = sizes.backbone();
        double flops = product(square(swin.side(0)), 3 * 4 * 4, swin.embedDim());
        for (int stage = 0; stage < 4; stage++) {
            double width = swin.channels(stage);
            double tokens = square(swin.side(stage));
            double window = square(swin.windowSize());
            double padded = square(Math.ceil((double) swin.side(stage) / swin.windowSize()) * swin.windowSize());
            double block = 4 * product(padded, width, width) + attention(padded, window, width)
                    + 2 * product(tokens, width, swin.intermediateSizes().get(stage));
            double merging = stage == 0 ? 0 : product(tokens, 2 * width, width);
            flops += merging + swin.depths().get(stage) * block;
        }
        return flops;
    }

    private double pixelDecoder() {
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
    private double patchKeys() {
        return sizes.perceiver().layers() * product(sizes.visionEncoder().patches(), sizes.languageModel().hiddenSize(),
                2.0 * sizes.perceiver().heads() * sizes.perceiver().headSize());
    }

    private double perceiverRow() {
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

    private double promptTokens() {
        return textTokens + (double) references * sizes.perceiver().queries() + sizes.visionEncoder().patches()
                + instructionTokens + sizes.maskDecoder().queries();
    }

    /** @param asked positions whose states are read: of the last layer all else is keys and values */
    private double languageModel(double asked) {
        double tokens = promptTokens();
        return (sizes.languageModel().layers() - 1) * languageLayer(tokens) + languageLayer(asked);
    }

    private double languageLayer(double asked) {
        Hyperparameters.LanguageModel phi = sizes.languageModel();
        double width = phi.hiddenSize();
        return 2 * product(promptTokens(), width, width) + 2 * product(asked, width, width)
                + attention(asked, promptTokens(), width) + 2 * product(asked, width, phi.intermediateSize());
    }

    /** The mean's row alone is fused, and the masks between the layers have those layers' size. */
    private double heads() {
        Hyperparameters.MaskDecoder decoder = sizes.maskDecoder();
        double masks = 0;
        for (int layer = 0; layer < decoder.layers(); layer++) {
            masks += product(decoder.queries(), decoder.maskSize(), level(layer));
        }
        return fusion(1) + maskLayers() + masks + finalMasks();
    }

    private double officialHeads() {
        return fusion(1.0 + instructionTokens) + maskLayers() + (sizes.maskDecoder().layers() + 1) * finalMasks();
    }

    private double finalMasks() {
        return product(sizes.maskDecoder().queries(), sizes.maskDecoder().maskSize(), square(sizes.backbone().side(0)));
    }

    private double fusion(double rows) {
        Hyperparameters.TextFusion fusion = sizes.textFusion();
        double width = fusion.hiddenSize();
        double vision = square(sizes.backbone().side(3));
        double model = sizes.languageModel().hiddenSize();
        double inner = (double) fusion.heads() * fusion.headSize();
        return product(vision, sizes.backbone().channels(3), width) + product(rows + 1, model, width)
                + fusion.layers() * perceiverLayer(rows, vision + 1, vision + 1, width, inner, fusion.feedForwardSize())
                + product(1, 2 * width, sizes.maskDecoder().hiddenSize());
    }

    /** Without the masks. Each of the layers reads a level, strides 32, 16, 8 in turn. */
    private double maskLayers() {
        Hyperparameters.MaskDecoder decoder = sizes.maskDecoder();
        double queries = decoder.queries();
        double width = decoder.hiddenSize();
        double flops = product(queries, sizes.languageModel().hiddenSize(), width);
        for (int layer = 0; layer < decoder.layers(); layer++) {
            flops += 2 * product(level(layer), width, width) + attention(queries, level(layer), width);
        }
        double ofQueries = 6 * product(queries, width, width) + attention(queries, queries, width)
                + 2 * product(queries, width, decoder.feedForwardSize());
        double embedding = 2 * product(queries, width, width) + product(queries, width, decoder.maskSize());
        double projections = 0;
        for (int level = 0; decoder.projectsInput() && level < 3; level++) {
            projections += product(level(level), sizes.pixelDecoder().hiddenSize(), width);
        }
        return flops + projections + decoder.layers() * ofQueries + (decoder.layers() + 1) * embedding
                + 2 * product(queries, width, width);
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
