package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.StageException;
import io.instructseg.engine.session.TestModel;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.format.Precision;
import io.instructseg.format.Signature;

/** Activations that float16 can't hold, deep within a stage: an error that names the stage, never an empty mask. */
class OverflowTest {

    /** Of the norm in front of a product: what is multiplied leaves float16's 65504 far behind, and float32 has room. */
    private static final float FACTOR = 1e6f;

    private static final Map<Signature, String> WEIGHTS = Map.of(
            Signature.ENCODE_VISION, "model.vision_tower.vision_model.encoder.layers.1.layer_norm2.weight",
            Signature.ENCODE_BACKBONE, "model.vision_tower_mask.layers.0.blocks.1.norm2.weight",
            Signature.DECODE_PIXELS, "pixel_decoder.transformer.encoder.layers.1.norm1.weight",
            Signature.PERCEIVE, "ovp_layers.layers.1.0.norm_media.weight",
            Signature.REASON, "model.layers.1.input_layernorm.weight",
            Signature.FUSE, "vmtf_layers.layers.1.0.norm_media.weight",
            Signature.DECODE_MASKS, "predictor.transformer_cross_attention_layers.1.norm.weight");

    private static final RgbImage PICTURE = picture();
    private static final List<Instruction> INSTRUCTIONS = List.of(Instruction.referring("the red square"));

    @TempDir
    Path directory;

    /** Prefill and decode have reason's weights. */
    @ParameterizedTest
    @EnumSource(names = { "ENCODE_VISION", "ENCODE_BACKBONE", "PERCEIVE", "REASON", "FUSE" })
    void namesTheStage(Signature stage) throws IOException {
        TestModel.scaled(Precision.FLOAT16, directory, FACTOR, List.of(WEIGHTS.get(stage)));
        String message = "stage " + stage.key() + " failed: output \\w+ holds [1-9]\\d* of \\d+ numbers that are not finite";
        try (SegmentationModel model = SegmentationModel.load(directory)) {
            assertThatThrownBy(() -> segment(model)).isExactlyInstanceOf(StageException.class).hasMessageMatching(message);
            try (VideoSegmentation video = video(model)) {
                assertThatThrownBy(video::next).isExactlyInstanceOf(StageException.class).hasMessageMatching(message);
            }
        }
    }

    @Test
    void whatDrawsMasksHasRoomAtAnyPrecision() throws IOException {
        TestModel.scaled(Precision.FLOAT16, directory, FACTOR,
                List.of(WEIGHTS.get(Signature.DECODE_PIXELS), WEIGHTS.get(Signature.DECODE_MASKS)));
        try (SegmentationModel model = SegmentationModel.load(directory)) {
            assertThat(segment(model)).hasSize(1);
        }
    }

    /** Large numbers are no error where they fit. */
    @Test
    void float32HasRoom() throws IOException {
        TestModel.scaled(Precision.FLOAT32, directory, FACTOR, WEIGHTS.values());
        try (SegmentationModel model = SegmentationModel.load(directory); VideoSegmentation video = video(model)) {
            assertThat(segment(model)).hasSize(1);
            assertThat(video.next()).isPresent();
        }
    }

    private static List<Segmentation> segment(SegmentationModel model) throws IOException {
        return model.segment(new DecodedImage(PICTURE, false), INSTRUCTIONS, SegmentationOptions.DEFAULT,
                CancellationToken.NONE);
    }

    private static VideoSegmentation video(SegmentationModel model) throws IOException {
        FrameSource frames = new FrameSource() {

            private int index;

            @Override
            public Optional<Frame> next() {
                return index == 2 ? Optional.empty()
                        : Optional.of(new Frame(index, Duration.ofMillis(40L * index++), PICTURE));
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        return model.segment(frames, INSTRUCTIONS, VideoOptions.DEFAULT, CancellationToken.NONE);
    }

    private static RgbImage picture() {
        byte[] pixels = new byte[90 * 60 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 7 % 251);
        }
        return new RgbImage(90, 60, pixels);
    }
}
