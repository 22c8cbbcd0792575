package io.instructseg.model;

import java.util.List;

import io.instructseg.format.Hyperparameters;

/** The sizes of golden model B, read off its config.json, instructseg.json and weights by hand. */
final class Sizes {

    static final Hyperparameters MODEL_B = new Hyperparameters(
            new Hyperparameters.VisionEncoder(60, 10, 60, 100, 4, 6, 1e-6f),
            new Hyperparameters.Backbone(96, 12, List.of(2, 2, 6, 2), List.of(3, 3, 6, 12), 3, List.of(48, 96, 192, 384)),
            new Hyperparameters.LanguageModel(104, 200, 4, 4, 10, 10000, 1e-5f, 573, 640),
            new Hyperparameters.Perceiver(9, 3, 3, 20, 208),
            new Hyperparameters.TextFusion(56, 3, 4, 18, 112),
            new Hyperparameters.PixelDecoder(96, 3, 6, 4, 110),
            new Hyperparameters.MaskDecoder(10, 72, 40, 4, 6, 80, true), 4);

    private Sizes() {
    }
}
