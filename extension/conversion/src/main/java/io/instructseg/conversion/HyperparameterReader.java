package io.instructseg.conversion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import io.instructseg.format.Hyperparameters;

/**
 * Translates a checkpoint's configuration, once: {@code config.json}, where that is silent {@code instructseg.json},
 * then the shapes of the weights, then the values of the official model. Where a configured size contradicts a
 * weight, the check of the weights says so.
 */
public final class HyperparameterReader {

    private static final String LANGUAGE = "model.layers";
    private static final String VISION = "model.vision_tower.vision_model.";
    private static final String SWIN = "model.vision_tower_mask.";
    private static final String PIXELS = "pixel_decoder.";

    private final ConfigFile config;
    private final ConfigFile extra;
    private final WeightShapes shapes;

    private HyperparameterReader(ConfigFile config, ConfigFile extra, WeightShapes shapes) {
        this.config = config;
        this.extra = extra;
        this.shapes = shapes;
    }

    /** The sizes of the paper's model: what a configuration and weights that tell nothing make. */
    public static Hyperparameters official() {
        ConfigFile nothing = ConfigFile.empty(Path.of("no configuration"));
        try {
            // the one size that only a weight tells
            WeightShapes words = new WeightShapes(Map.of("lm_head.weight", List.of(51_200L, 2560L)));
            return new HyperparameterReader(nothing, nothing, words).hyperparameters();
        } catch (ConversionException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param checkpoint directory with {@code config.json} and perhaps {@code instructseg.json}
     * @param shapes of the weights, by name
     * @throws ConversionException if the configuration is malformed, or describes another model than the graph is
     */
    public static Hyperparameters read(Path checkpoint, Map<String, List<Long>> shapes) throws IOException {
        ConfigFile config = ConfigFile.readIfPresent(checkpoint.resolve("config.json"));
        ConfigFile extra = ConfigFile.readIfPresent(checkpoint.resolve("instructseg.json"));
        HyperparameterReader reader = new HyperparameterReader(config, extra, new WeightShapes(shapes));
        reader.refuseOtherModels();
        try {
            return reader.hyperparameters();
        } catch (IllegalArgumentException e) {
            throw new ConversionException("the configuration of " + checkpoint + " describes no model: " + e.getMessage(), e);
        }
    }

    /** What the official model leaves at these values, the graph has built in. */
    private void refuseOtherModels() throws ConversionException {
        config.expect("model_type", "mipha_phi");
        config.expect("hidden_act", "gelu_new");
        config.expect("qk_layernorm", false);
        config.expectNone("rope_scaling");
        config.expect("vision_config.vision_tower.hidden_act", "gelu_pytorch_tanh");
        config.expect("vision_config.vision_tower.mm_vision_select_feature", "patch");
        config.expect("vision_config.vision_tower.num_channels", 3);
        config.expect("vision_config.mm_projector.mm_projector_type", "mlp2x_gelu");
        if (config.integer("num_key_value_heads").isPresent()) {
            config.expect("num_key_value_heads", languageHeads());
        }
    }

    private Hyperparameters hyperparameters() throws ConversionException {
        int references = extra.integer("num_reference_frames").orElse(4);
        return new Hyperparameters(visionEncoder(), backbone(), languageModel(), perceiver(), textFusion(), pixelDecoder(),
                maskDecoder(), references);
    }

    private Hyperparameters.VisionEncoder visionEncoder() throws ConversionException {
        String path = "vision_config.vision_tower.";
        int layers = or(config.integer(path + "num_hidden_layers"),
                shapes.count(VISION + "encoder.layers", "layer_norm1.weight"), 27);
        // hidden_states[-2] is the output of the last layer but one
        int selected = config.integer(path + "mm_vision_select_layer").orElse(-2);
        if (selected >= 0 || layers < 1 || selected < -layers) {
            throw new ConversionException(config + ": " + path + "mm_vision_select_layer is " + selected + " of " + layers
                    + " layers, expected one of the last, counted from -1");
        }
        return new Hyperparameters.VisionEncoder(imageSize(path),
                or(config.integer(path + "patch_size"), shapes.size(VISION + "embeddings.patch_embedding.weight", 2), 14),
                or(config.integer(path + "hidden_size"), shapes.size(VISION + "embeddings.patch_embedding.weight", 0), 1152),
                or(config.integer(path + "intermediate_size"), shapes.size(VISION + "encoder.layers.0.mlp.fc1.weight", 0),
                        4304),
                layers + 1 + selected, config.integer(path + "num_attention_heads").orElse(16),
                (float) config.number(path + "layer_norm_eps").orElse(1e-6));
    }

    /** Of the sizes that give the checkpoint's number of patches, the official one, else the smallest. */
    private int imageSize(String path) throws ConversionException {
        OptionalInt configured = config.integer(path + "image_size");
        OptionalInt patches = shapes.size(VISION + "embeddings.position_embedding.weight", 0);
        OptionalInt patchSize = shapes.size(VISION + "embeddings.patch_embedding.weight", 2);
        if (configured.isPresent() || patches.isEmpty() || patchSize.isEmpty() || patchSize.getAsInt() == 0) {
            return configured.orElse(384);
        }
        int side = (int) Math.round(Math.sqrt(patches.getAsInt()));
        return 384 / patchSize.getAsInt() == side ? 384 : (int) Math.min((long) side * patchSize.getAsInt(), Integer.MAX_VALUE);
    }

    private Hyperparameters.LanguageModel languageModel() throws ConversionException {
        int width = or(config.integer("hidden_size"), shapes.size("model.embed_tokens.weight", 1), 2560);
        int heads = languageHeads();
        double rotary = config.number("partial_rotary_factor").orElse(0.4);
        int headSize = heads > 0 ? width / heads : 0;
        return new Hyperparameters.LanguageModel(width,
                or(config.integer("intermediate_size"), shapes.size(LANGUAGE + ".0.mlp.fc1.weight", 0), 4 * width),
                or(config.integer("num_hidden_layers"), shapes.count(LANGUAGE, "input_layernorm.weight"), 32), heads,
                (int) (rotary * headSize), config.number("rope_theta").orElse(10000),
                (float) config.number("layer_norm_eps").orElse(1e-5),
                // official checkpoints name the output's 51200 rows there, not the embedding's
                or(shapes.size("model.embed_tokens.weight", 0), config.integer("vocab_size"), 50296),
                // without it, the model segments and has no words
                shapes.size("lm_head.weight", 0).orElse(0));
    }

    private int languageHeads() throws ConversionException {
        return config.integer("num_attention_heads").orElse(32);
    }

    private Hyperparameters.Backbone backbone() throws ConversionException {
        Optional<List<Integer>> depths = extra.integers("swin.depths");
        Optional<List<Integer>> heads = extra.integers("swin.num_heads");
        int embedDim = or(extra.integer("swin.embed_dim"), shapes.size(SWIN + "patch_embed.proj.weight", 0), 128);
        List<Integer> stageDepths = new ArrayList<>();
        List<Integer> stageHeads = new ArrayList<>();
        List<Integer> widths = new ArrayList<>();
        for (int stage = 0; stage < 4; stage++) {
            String block = SWIN + "layers." + stage + ".blocks.0.";
            stageDepths.add(shapes.count(SWIN + "layers." + stage + ".blocks", "norm1.weight").orElse(stage == 2 ? 18 : 2));
            stageHeads.add(shapes.size(block + "attn.relative_position_bias_table", 1).orElse(4 << stage));
            widths.add(shapes.size(block + "mlp.fc1.weight", 0).orElse(4 * (embedDim << stage)));
        }
        OptionalInt window = shapes.window(SWIN + "layers.0.blocks.0.attn.relative_position_bias_table");
        return new Hyperparameters.Backbone(extra.integer("image_size").orElse(1024), embedDim, depths.orElse(stageDepths),
                heads.orElse(stageHeads), or(extra.integer("swin.window_size"), window, 12), widths);
    }

    private Hyperparameters.Perceiver perceiver() throws ConversionException {
        int heads = extra.integer("ovp.heads").orElse(8);
        return new Hyperparameters.Perceiver(shapes.size("temporal_query", 0).orElse(128),
                shapes.count("ovp_layers.layers", "0.norm_latents.weight").orElse(3), heads,
                or(extra.integer("ovp.dim_head"), shapes.part("ovp_layers.layers.0.0.to_q.weight", 0, heads), 128),
                shapes.size("ovp_layers.layers.0.1.1.weight", 0).orElse(5120));
    }

    private Hyperparameters.TextFusion textFusion() throws ConversionException {
        int heads = extra.integer("vmtf.heads").orElse(8);
        return new Hyperparameters.TextFusion(shapes.size("text_vmtf_projector.weight", 0).orElse(1024),
                shapes.count("vmtf_layers.layers", "0.norm_latents.weight").orElse(3), heads,
                or(extra.integer("vmtf.dim_head"), shapes.part("vmtf_layers.layers.0.0.to_q.weight", 0, heads), 128),
                shapes.size("vmtf_layers.layers.0.1.1.weight", 0).orElse(2048));
    }

    private Hyperparameters.PixelDecoder pixelDecoder() throws ConversionException {
        String layers = PIXELS + "transformer.encoder.layers";
        int heads = extra.integer("pixel_decoder.heads").orElse(8);
        // rows of the offsets: a head, one of three levels, a point, x or y each
        OptionalInt points = shapes.part(layers + ".0.self_attn.sampling_offsets.weight", 0, heads * 3 * 2);
        return new Hyperparameters.PixelDecoder(convDim(), shapes.count(layers, "norm1.weight").orElse(6), heads,
                or(extra.integer("pixel_decoder.points"), points, 4),
                shapes.size(layers + ".0.linear1.weight", 0).orElse(1024));
    }

    private Hyperparameters.MaskDecoder maskDecoder() throws ConversionException {
        int hidden = or(extra.integer("mask_decoder.hidden_dim"), shapes.size("seg_query_projector.weight", 0), 256);
        return new Hyperparameters.MaskDecoder(shapes.size("seg_query", 0).orElse(100), hidden,
                or(extra.integer("mask_decoder.mask_dim"), shapes.size(PIXELS + "mask_features.weight", 0), 256),
                shapes.count("predictor.transformer_cross_attention_layers", "norm.weight").orElse(9),
                extra.integer("mask_decoder.heads").orElse(8),
                shapes.size("predictor.transformer_ffn_layers.0.linear1.weight", 0).orElse(2048), convDim() != hidden);
    }

    private int convDim() throws ConversionException {
        return or(extra.integer("pixel_decoder.conv_dim"), shapes.size(PIXELS + "mask_features.weight", 1), 256);
    }

    private static int or(OptionalInt first, OptionalInt second, int official) {
        return first.orElse(second.orElse(official));
    }
}
