package io.instructseg.format;

import java.util.List;

/** The official model's sizes. */
final class Examples {

    private Examples() {
    }

    static Hyperparameters official() {
        return new Hyperparameters(new Hyperparameters.VisionEncoder(384, 14, 1152, 4304, 26, 16, 1e-6f),
                new Hyperparameters.Backbone(1024, 128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32), 12,
                        List.of(512, 1024, 2048, 4096)),
                new Hyperparameters.LanguageModel(2560, 10240, 32, 32, 32, 10000, 1e-5f, 50296, 51200),
                new Hyperparameters.Perceiver(128, 3, 8, 128, 5120), new Hyperparameters.TextFusion(1024, 3, 8, 128, 2048),
                new Hyperparameters.PixelDecoder(256, 6, 8, 4, 1024),
                new Hyperparameters.MaskDecoder(100, 256, 256, 9, 8, 2048, false), 4);
    }

    static ModelManifest manifest() {
        return new ModelManifest(1, Precision.BFLOAT16, official(), new ModelManifest.Parameters(1234, 3_500_000_000L,
                7_000_000_000L),
                new ModelManifest.Source("checkpoint",
                        List.of(new ModelManifest.SourceFile("config.json", 17, "a".repeat(64)))));
    }
}
