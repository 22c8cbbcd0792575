package io.instructseg.engine;

import java.util.Map;

import io.instructseg.engine.image.BackboneInput;
import io.instructseg.engine.image.Preprocessing;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.format.Signature;

/** What the model sees in a picture: enough for any number of instructions. Owns TensorFlow's memory until closed. */
final class ImageFeatures implements AutoCloseable {

    private final int width;
    private final int height;
    private final int contentWidth;
    private final int contentHeight;
    private final Activations vision;
    private final Activations backbone;
    private final Activations pixels;

    private ImageFeatures(RgbImage image, BackboneInput input, Activations vision, Activations backbone, Activations pixels) {
        this.width = image.width();
        this.height = image.height();
        this.contentWidth = input.contentWidth();
        this.contentHeight = input.contentHeight();
        this.vision = vision;
        this.backbone = backbone;
        this.pixels = pixels;
    }

    static ImageFeatures encode(RgbImage image, StageRunner runner) {
        return encode(image, encodeVision(image, runner), runner);
    }

    /** What SigLIP sees in a picture, its {@code patches}: all that other frames of a video need of it. */
    static Activations encodeVision(RgbImage image, StageRunner runner) {
        return encode(Signature.ENCODE_VISION, Preprocessing.siglipInput(image, runner.size("CLIP")), runner);
    }

    /** @param vision what {@link #encodeVision} gave of this picture; owned from now on, also if this fails */
    static ImageFeatures encode(RgbImage image, Activations vision, StageRunner runner) {
        Activations backbone = null;
        try {
            BackboneInput input = Preprocessing.backboneInput(image, runner.size("S"));
            backbone = encode(Signature.ENCODE_BACKBONE, input.image(), runner);
            Activations pixels = runner.run(Signature.DECODE_PIXELS, backbone.all());
            return new ImageFeatures(image, input, vision, backbone, pixels);
        } catch (RuntimeException | Error e) {
            vision.close();
            if (backbone != null) {
                backbone.close();
            }
            throw e;
        }
    }

    private static Activations encode(Signature stage, RgbImage image, StageRunner runner) {
        try (Activation pixels = Activation.of(HostTensor.bytes(image.pixels(), 1, image.height(), image.width(), 3))) {
            return runner.run(stage, Map.of("pixels", pixels));
        }
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int contentWidth() {
        return contentWidth;
    }

    int contentHeight() {
        return contentHeight;
    }

    Activation patches() {
        return vision.get("patches");
    }

    /** Tokens that the picture is to the language model. */
    int patchTokens() {
        return Math.toIntExact(patches().shape()[1]);
    }

    Activation res5() {
        return backbone.get("res5");
    }

    /** {@code mask_features} and {@code features_0..2}. */
    Map<String, Activation> maps() {
        return pixels.all();
    }

    @Override
    public void close() {
        vision.close();
        backbone.close();
        pixels.close();
    }
}
