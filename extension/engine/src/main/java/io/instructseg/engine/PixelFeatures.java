package io.instructseg.engine;

import java.util.Map;

import io.instructseg.engine.image.BackboneInput;
import io.instructseg.engine.image.Preprocessing;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.format.Signature;

/**
 * What the backbone and the pixel decoder see in a picture. Owns TensorFlow's memory until closed.
 *
 * @param backbone {@code res2..res5}
 * @param decoded {@code mask_features} and {@code features_0..2}
 */
record PixelFeatures(int contentWidth, int contentHeight, Activations backbone, Activations decoded)
        implements
            AutoCloseable {

    static PixelFeatures encode(RgbImage image, StageRunner runner) {
        BackboneInput input = Preprocessing.backboneInput(image, runner.size("S"));
        Activations backbone = runner.run(Signature.ENCODE_BACKBONE, input.image());
        try {
            Activations decoded = runner.run(Signature.DECODE_PIXELS, backbone.all());
            return new PixelFeatures(input.contentWidth(), input.contentHeight(), backbone, decoded);
        } catch (RuntimeException | Error e) {
            backbone.close();
            throw e;
        }
    }

    Activation res5() {
        return backbone.get("res5");
    }

    Map<String, Activation> maps() {
        return decoded.all();
    }

    @Override
    public void close() {
        backbone.close();
        decoded.close();
    }
}
