package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.instructseg.format.Hyperparameters;

class HyperparameterReaderTest {

    /** Copied by hand from the configuration and the shapes of each checkpoint. */
    private static final Hyperparameters MODEL_A = new Hyperparameters(
            new Hyperparameters.VisionEncoder(74, 14, 40, 72, 3, 5, 1e-6f),
            new Hyperparameters.Backbone(96, 16, List.of(2, 2, 2, 2), List.of(2, 4, 4, 8), 5, List.of(64, 128, 256, 512)),
            new Hyperparameters.LanguageModel(66, 150, 3, 3, 8, 10000, 1e-5f, 612, 704),
            new Hyperparameters.Perceiver(7, 2, 4, 10, 132), new Hyperparameters.TextFusion(48, 2, 3, 12, 96),
            new Hyperparameters.PixelDecoder(64, 2, 8, 4, 72), new Hyperparameters.MaskDecoder(13, 64, 64, 5, 8, 100, false),
            4);
    private static final Hyperparameters MODEL_B = new Hyperparameters(
            new Hyperparameters.VisionEncoder(60, 10, 60, 100, 4, 6, 1e-6f),
            new Hyperparameters.Backbone(96, 12, List.of(2, 2, 6, 2), List.of(3, 3, 6, 12), 3, List.of(48, 96, 192, 384)),
            new Hyperparameters.LanguageModel(104, 200, 4, 4, 10, 10000, 1e-5f, 573, 640),
            new Hyperparameters.Perceiver(9, 3, 3, 20, 208), new Hyperparameters.TextFusion(56, 3, 4, 18, 112),
            new Hyperparameters.PixelDecoder(96, 3, 6, 4, 110), new Hyperparameters.MaskDecoder(10, 72, 40, 4, 6, 80, true), 4);
    private static final Hyperparameters DEMO = new Hyperparameters(
            new Hyperparameters.VisionEncoder(112, 14, 128, 256, 3, 4, 1e-6f),
            new Hyperparameters.Backbone(192, 24, List.of(2, 2, 4, 1), List.of(1, 2, 4, 8), 6, List.of(96, 192, 384, 768)),
            new Hyperparameters.LanguageModel(160, 480, 4, 5, 12, 10000, 1e-5f, 1413, 1413),
            new Hyperparameters.Perceiver(16, 2, 4, 32, 320), new Hyperparameters.TextFusion(128, 2, 4, 32, 256),
            new Hyperparameters.PixelDecoder(64, 2, 8, 4, 128), new Hyperparameters.MaskDecoder(12, 64, 64, 3, 8, 192, false),
            4);
    /** The paper's model: config.json of the published checkpoint and the constants of the official code. */
    private static final Hyperparameters OFFICIAL = new Hyperparameters(
            new Hyperparameters.VisionEncoder(384, 14, 1152, 4304, 26, 16, 1e-6f),
            new Hyperparameters.Backbone(1024, 128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32), 12,
                    List.of(512, 1024, 2048, 4096)),
            new Hyperparameters.LanguageModel(2560, 10240, 32, 32, 32, 10000, 1e-5f, 50296, 0),
            new Hyperparameters.Perceiver(128, 3, 8, 128, 5120), new Hyperparameters.TextFusion(1024, 3, 8, 128, 2048),
            new Hyperparameters.PixelDecoder(256, 6, 8, 4, 1024),
            new Hyperparameters.MaskDecoder(100, 256, 256, 9, 8, 2048, false), 4);

    @TempDir
    Path directory;

    @Test
    void goldenModels() throws IOException {
        assertThat(golden("model-a")).isEqualTo(MODEL_A);
        assertThat(golden("model-a-fp16")).isEqualTo(MODEL_A);
        assertThat(golden("model-b")).isEqualTo(MODEL_B);
        assertThat(HyperparameterReader.read(Checkpoints.DEMO, Checkpoints.shapes(Checkpoints.DEMO))).isEqualTo(DEMO);
    }

    @Test
    void nothingKnownIsTheOfficialModel() throws IOException {
        assertThat(HyperparameterReader.read(directory, Map.of())).isEqualTo(OFFICIAL);
        write("config.json", "{}");
        write("instructseg.json", "{}");
        assertThat(HyperparameterReader.read(directory, Map.of())).isEqualTo(OFFICIAL);
    }

    /** Without instructseg.json the shapes tell all but what no shape tells. */
    @Test
    void shapesTellWhatConfigurationDoesNot() throws IOException {
        write("config.json",
                "{\"num_attention_heads\": 4, \"vision_config\": {\"vision_tower\": {\"num_attention_heads\": 6}}}");
        Hyperparameters read = HyperparameterReader.read(directory, Checkpoints.shapes(Checkpoints.GOLDEN.resolve("model-b")));
        assertThat(read.backbone()).isEqualTo(new Hyperparameters.Backbone(1024, 12, List.of(2, 2, 6, 2), List.of(3, 3, 6, 12),
                3, List.of(48, 96, 192, 384)));
        assertThat(read.visionEncoder()).isEqualTo(MODEL_B.visionEncoder());
        // 144 rows of offsets: 8 heads unless told otherwise, 3 levels, x and y
        assertThat(read.pixelDecoder().points()).isEqualTo(3);
        assertThat(read.languageModel()).isEqualTo(MODEL_B.languageModel());
    }

    @Test
    void configurationGoesBeforeShapes() throws IOException {
        Map<String, List<Long>> shapes = new HashMap<>(Map.of("model.embed_tokens.weight", List.of(70L, 64L),
                "pixel_decoder.mask_features.weight", List.of(32L, 64L, 1L, 1L), "seg_query_projector.weight",
                List.of(64L, 64L)));
        write("config.json", "{\"hidden_size\": 640, \"vocab_size\": 99}");
        write("instructseg.json", "{\"pixel_decoder\": {\"conv_dim\": 96}, \"mask_decoder\": null, \"swin\": {}}");
        Hyperparameters read = HyperparameterReader.read(directory, shapes);
        assertThat(read.languageModel().hiddenSize()).isEqualTo(640);
        assertThat(read.pixelDecoder().hiddenSize()).isEqualTo(96);
        assertThat(read.maskDecoder().hiddenSize()).isEqualTo(64);
        assertThat(read.maskDecoder().maskSize()).isEqualTo(32);
        assertThat(read.maskDecoder().projectsInput()).isTrue();
        // official code resizes the embedding and leaves vocab_size behind
        assertThat(read.languageModel().vocabularySize()).isEqualTo(70);
        shapes.remove("model.embed_tokens.weight");
        assertThat(HyperparameterReader.read(directory, shapes).languageModel().vocabularySize()).isEqualTo(99);
    }

    @Test
    void theSelectedLayerDecidesHowManyThereAre() throws IOException {
        write("config.json", "{\"vision_config\": {\"vision_tower\": {\"mm_vision_select_layer\": -1}}}");
        assertThat(HyperparameterReader.read(directory, Map.of()).visionEncoder().layers()).isEqualTo(27);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "model_type": "llava"                                           | model_type is "llava", expected mipha_phi
            "model_type": 7                                                 | model_type is 7, expected mipha_phi
            "hidden_act": "silu"                                            | hidden_act is "silu", expected gelu_new
            "qk_layernorm": true                                            | qk_layernorm is true, expected false
            "qk_layernorm": "false"                                         | qk_layernorm is "false", expected false
            "rope_scaling": {"type": "linear"}                              | rope_scaling is {"type":"linear"}, expected none
            "num_key_value_heads": 8                                        | num_key_value_heads is 8, expected 32
            "num_attention_heads": 16, "num_key_value_heads": 8             | num_key_value_heads is 8, expected 16
            "vision_config": {"vision_tower": {"hidden_act": "relu"}}       | vision_config.vision_tower.hidden_act is "relu"
            "vision_config": {"vision_tower": {"num_channels": 1}}          | vision_config.vision_tower.num_channels is 1
            "vision_config": {"vision_tower": {"mm_vision_select_feature": "cls_patch"}} | mm_vision_select_feature is "cls_patch"
            "vision_config": {"mm_projector": {"mm_projector_type": "linear"}} | mm_projector_type is "linear"
            """)
    void refusesOtherModels(String fields, String message) throws IOException {
        write("config.json", "{" + fields + "}");
        assertRefused("config.json: ", message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "hidden_size": "2560"                                   | hidden_size is "2560", expected an integer
            "hidden_size": 2560.0                                   | hidden_size is 2560.0, expected an integer
            "hidden_size": 1e3                                      | hidden_size is 1000.0, expected an integer
            "hidden_size": 99999999999999999999999999               | expected an integer
            "hidden_size": 2147483648                               | hidden_size is 2147483648, expected an integer
            "hidden_size": 2147483647                               | languageModel.hiddenSize is 2147483647
            "hidden_size": true                                     | hidden_size is true, expected an integer
            "hidden_size": [1]                                      | hidden_size is [1], expected an integer
            "hidden_size": {}                                       | hidden_size is {}, expected an integer
            "hidden_size": -2560                                    | languageModel.hiddenSize is -2560
            "num_hidden_layers": 1000000000                         | languageModel.layers is 1000000000
            "num_attention_heads": 0                                | languageModel.heads is 0
            "num_attention_heads": -1                               | languageModel.heads is -1
            "num_attention_heads": 33                               | languageModel.heads is 33
            "partial_rotary_factor": 1e400                          | languageModel.rotaryDimensions
            "partial_rotary_factor": "0.4"                          | partial_rotary_factor is "0.4", expected a number
            "partial_rotary_factor": -1                             | languageModel.rotaryDimensions is -80
            "rope_theta": 1e400                                     | languageModel.ropeTheta is Infinity
            "layer_norm_eps": 1e-400                                | languageModel.layerNormEpsilon is 0.0
            "layer_norm_eps": -1                                    | languageModel.layerNormEpsilon is -1.0
            "vision_config": 5                                      | vision_config is 5, expected an object
            "vision_config": {"vision_tower": []}                   | vision_config.vision_tower is [], expected an object
            "vision_config": {"vision_tower": {"image_size": 2147483647}} | visionEncoder.imageSize is 2147483647
            "vision_config": {"vision_tower": {"patch_size": 0}}    | visionEncoder.patchSize is 0
            "vision_config": {"vision_tower": {"mm_vision_select_layer": 3}} | mm_vision_select_layer is 3 of 27 layers
            "vision_config": {"vision_tower": {"mm_vision_select_layer": -28}} | mm_vision_select_layer is -28 of 27 layers
            "vision_config": {"vision_tower": {"num_hidden_layers": -2147483648, "mm_vision_select_layer": -2147483648}} | mm_vision
            """)
    void refusesHostileConfigurations(String fields, String message) throws IOException {
        write("config.json", "{" + fields + "}");
        assertRefused("", message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "swin": {"depths": [2, 2, 6, 2, 2]}         | backbone.depths is [2, 2, 6, 2, 2], must have 4 values
            "swin": {"depths": [2, 2, 1000000000, 2]}   | backbone.depths is 1000000000
            "swin": {"depths": [2, 2, null, 2]}         | swin.depths is null, expected an integer
            "swin": {"depths": [2, 2, 6.5, 2]}          | swin.depths is 6.5, expected an integer
            "swin": {"depths": 4}                       | swin.depths is 4, expected a list of integers
            "swin": {"num_heads": []}                   | backbone.heads is [], must have 4 values
            "swin": {"num_heads": [0, 8, 16, 32]}       | backbone.heads is 0
            "swin": {"window_size": 0}                  | backbone.windowSize is 0
            "swin": {"window_size": 2147483647}         | backbone.windowSize is 2147483647
            "swin": {"embed_dim": 2147483647}           | backbone.embedDim is 2147483647
            "swin": "base"                              | swin is "base", expected an object
            "image_size": 2147483647                    | backbone.imageSize is 2147483647
            "image_size": 2147483616                    | backbone.imageSize is 2147483616
            "image_size": 1000                          | backbone.imageSize is 1000, must be a multiple of 32
            "image_size": null, "ovp": {"heads": 0}     | perceiver.heads is 0
            "ovp": {"dim_head": 2147483647}             | perceiver.headSize is 2147483647
            "vmtf": {"heads": -8}                       | textFusion.heads is -8
            "mask_decoder": {"hidden_dim": 2147483644}  | maskDecoder.hiddenSize is 2147483644
            "mask_decoder": {"mask_dim": 2147483644}    | maskDecoder.maskSize is 2147483644
            "pixel_decoder": {"conv_dim": 2147483616}   | pixelDecoder.hiddenSize is 2147483616
            "pixel_decoder": {"points": 1000000}        | pixelDecoder.points is 1000000
            "num_reference_frames": 0                   | referenceFrames is 0
            """)
    void refusesHostileSizes(String fields, String message) throws IOException {
        write("instructseg.json", "{" + fields + "}");
        assertRefused("", message);
    }

    private void assertRefused(String start, String message) {
        assertThatThrownBy(() -> HyperparameterReader.read(directory, Map.of())).isExactlyInstanceOf(ConversionException.class)
                .hasMessageContaining(directory.toString()).hasMessageContaining(start).hasMessageContaining(message);
    }

    private static Hyperparameters golden(String name) throws IOException {
        Path checkpoint = Checkpoints.GOLDEN.resolve(name);
        return HyperparameterReader.read(checkpoint, Checkpoints.shapes(checkpoint));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }
}
