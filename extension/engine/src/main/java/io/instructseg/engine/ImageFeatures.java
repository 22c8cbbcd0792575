package io.instructseg.engine;

import io.instructseg.engine.image.Preprocessing;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.format.Signature;

/** What the model sees in a picture: enough for any number of instructions. Owns TensorFlow's memory until closed. */
final class ImageFeatures implements AutoCloseable {

    private final int width;
    private final int height;
    private final Activations vision;
    private final PixelBranch pixels;

    private ImageFeatures(RgbImage image, Activations vision, PixelBranch pixels) {
        this.width = image.width();
        this.height = image.height();
        this.vision = vision;
        this.pixels = pixels;
    }

    static ImageFeatures encode(RgbImage image, StageRunner runner) {
        PixelBranch pixels = PixelBranch.start(image, runner);
        try {
            return new ImageFeatures(image, encodeVision(image, runner), pixels);
        } catch (RuntimeException | Error e) {
            pixels.close();
            throw e;
        }
    }

    /** What SigLIP sees in a picture, its {@code patches}: all that other frames of a video need of it. */
    static Activations encodeVision(RgbImage image, StageRunner runner) {
        return runner.run(Signature.ENCODE_VISION, Preprocessing.siglipInput(image, runner.size("CLIP")));
    }

    /** @param vision what {@link #encodeVision} gave of this picture; owned from now on, also if this fails */
    static ImageFeatures encode(RgbImage image, Activations vision, StageRunner runner) {
        try {
            return new ImageFeatures(image, vision, PixelBranch.start(image, runner));
        } catch (RuntimeException | Error e) {
            vision.close();
            throw e;
        }
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    Activation patches() {
        return vision.get("patches");
    }

    /** Tokens that the picture is to the language model. */
    int patchTokens() {
        return Math.toIntExact(patches().shape()[1]);
    }

    /** Waits for them, or computes them. */
    PixelFeatures pixels() {
        return pixels.get();
    }

    @Override
    public void close() {
        try (pixels) {
            vision.close();
        }
    }
}
