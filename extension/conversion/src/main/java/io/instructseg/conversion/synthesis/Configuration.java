package io.instructseg.conversion.synthesis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.format.Hyperparameters;

/** {@code config.json} with the keys of an official one that are read, and {@code instructseg.json} with the other sizes. */
final class Configuration {

    private static final double OFFICIAL_ROTARY_FACTOR = 0.4;

    private final Hyperparameters sizes;
    private final String dataType;
    private final int endOfText;

    /**
     * @param dataType PyTorch's name of the weights' type
     * @param endOfText the token that ends a text
     */
    Configuration(Hyperparameters sizes, String dataType, int endOfText) {
        this.sizes = sizes;
        this.dataType = dataType;
        this.endOfText = endOfText;
    }

    void write(Path directory) throws IOException {
        Json.write(directory.resolve("config.json"), config());
        Json.write(directory.resolve("instructseg.json"), extra());
    }

    private ObjectNode config() {
        Hyperparameters.LanguageModel language = sizes.languageModel();
        ObjectNode config = Json.object();
        config.putArray("architectures").add("InstructSeg");
        config.put("model_type", "mipha_phi").put("torch_dtype", dataType).put("hidden_act", "gelu_new")
                .put("hidden_size", language.hiddenSize()).put("intermediate_size", language.intermediateSize())
                .put("num_hidden_layers", language.layers()).put("num_attention_heads", language.heads())
                .put("num_key_value_heads", language.heads()).put("partial_rotary_factor", rotaryFactor(language))
                .put("rope_theta", language.ropeTheta()).putNull("rope_scaling").put("qk_layernorm", false)
                .put("layer_norm_eps", decimal(language.layerNormEpsilon())).put("max_position_embeddings", 2048)
                .put("vocab_size", Math.max(language.vocabularySize(), language.outputSize())).put("tie_word_embeddings", false)
                .put("bos_token_id", endOfText).put("eos_token_id", endOfText).put("swin_type", "base");
        ObjectNode vision = config.putObject("vision_config");
        vision.set("vision_tower", visionTower());
        vision.putObject("mm_projector").put("mm_projector_type", "mlp2x_gelu")
                .put("mm_hidden_size", sizes.visionEncoder().hiddenSize()).put("hidden_size", language.hiddenSize());
        return config;
    }

    private ObjectNode visionTower() {
        Hyperparameters.VisionEncoder vision = sizes.visionEncoder();
        return Json.object().put("hidden_act", "gelu_pytorch_tanh").put("hidden_size", vision.hiddenSize())
                .put("image_size", vision.imageSize()).put("intermediate_size", vision.intermediateSize())
                .put("layer_norm_eps", decimal(vision.layerNormEpsilon())).put("mm_vision_select_feature", "patch")
                .put("mm_vision_select_layer", -2).put("num_attention_heads", vision.heads()).put("num_channels", 3)
                .put("num_hidden_layers", vision.layers() + 1).put("patch_size", vision.patchSize());
    }

    private ObjectNode extra() {
        Hyperparameters.Backbone backbone = sizes.backbone();
        ObjectNode extra = Json.object();
        ObjectNode swin = extra.putObject("swin").put("embed_dim", backbone.embedDim());
        swin.set("depths", array(backbone.depths()));
        swin.set("num_heads", array(backbone.heads()));
        swin.put("window_size", backbone.windowSize());
        extra.put("image_size", backbone.imageSize());
        extra.putObject("ovp").put("heads", sizes.perceiver().heads()).put("dim_head", sizes.perceiver().headSize());
        extra.putObject("vmtf").put("heads", sizes.textFusion().heads()).put("dim_head", sizes.textFusion().headSize());
        extra.putObject("mask_decoder").put("heads", sizes.maskDecoder().heads())
                .put("hidden_dim", sizes.maskDecoder().hiddenSize()).put("mask_dim", sizes.maskDecoder().maskSize());
        extra.putObject("pixel_decoder").put("heads", sizes.pixelDecoder().heads())
                .put("points", sizes.pixelDecoder().points()).put("conv_dim", sizes.pixelDecoder().hiddenSize());
        return extra.put("num_reference_frames", sizes.referenceFrames());
    }

    /** The official one, or one that its readers cut to the same number of dimensions. */
    private static double rotaryFactor(Hyperparameters.LanguageModel language) {
        return (int) (OFFICIAL_ROTARY_FACTOR * language.headSize()) == language.rotaryDimensions() ? OFFICIAL_ROTARY_FACTOR
                : Math.min(1, (language.rotaryDimensions() + 0.5) / language.headSize());
    }

    /** 1.0E-5 and not what follows its last digit in a double. */
    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    private static ArrayNode array(List<Integer> values) {
        ArrayNode array = Json.object().putArray("values");
        values.forEach(array::add);
        return array;
    }
}
