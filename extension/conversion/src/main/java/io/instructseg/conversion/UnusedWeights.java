package io.instructseg.conversion;

import java.util.List;
import java.util.regex.Pattern;

import io.instructseg.format.Hyperparameters;

/** Weights of an official checkpoint that segmentation never reads: a conversion drops them. */
final class UnusedWeights {

    private static final List<Pattern> PATTERNS = List.of(
            // SigLIP behind the selected layer, and what older transformers saved
            Pattern.compile("model\\.vision_tower\\.vision_model\\.(post_layernorm|head)\\..+"),
            Pattern.compile("model\\.vision_tower\\.vision_model\\.embeddings\\.position_ids"),
            Pattern.compile("model\\.layers\\.\\d+\\.self_attn\\.rotary_emb\\.inv_freq"),
            // computed from the window's size
            Pattern.compile("model\\.vision_tower_mask\\.layers\\.\\d+\\.blocks\\.\\d+\\.attn\\.relative_position_index"),
            // learned queries that the language model's hidden states replace
            Pattern.compile("predictor\\.(query_feat|SEG_query_embed)\\.weight"));

    private static final Pattern VISION_LAYER = Pattern
            .compile("model\\.vision_tower\\.vision_model\\.encoder\\.layers\\.(\\d{1,4})\\..+");

    private UnusedWeights() {
    }

    static boolean contains(String name, Hyperparameters hyperparameters) {
        var layer = VISION_LAYER.matcher(name);
        return layer.matches() && Integer.parseInt(layer.group(1)) >= hyperparameters.visionEncoder().layers()
                || PATTERNS.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }
}
