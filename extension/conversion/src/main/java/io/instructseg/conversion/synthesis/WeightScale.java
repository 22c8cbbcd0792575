package io.instructseg.conversion.synthesis;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How large the elements of a made-up weight are, so that activations keep their size from layer to layer: norms scale by
 * about one, products keep the variance, and logits stay where a sigmoid still tells them apart.
 *
 * @param deviation largest distance from the centre, of a uniform distribution
 */
record WeightScale(double centre, double deviation) {

    private static final double UNIT_VARIANCE = Math.sqrt(3);
    /** Their results are multiplied with vectors as wide as they are, and the sums are logits. */
    private static final Map<String, Double> LOGIT_GAINS = Map.of("predictor.SEG_proj.layers.1.weight", 2.0,
            "predictor.mask_embed.layers.2.weight", 4.0);
    /**
     * Ends of residual branches. What they add is much alike for all tokens: at full depth, with a gain of 1, all tokens
     * would become one.
     */
    private static final Pattern RESIDUAL = Pattern.compile(
            ".*(attn\\.dense|attn\\.proj|out_proj|to_out|output_proj|mlp\\.fc2|linear2|layers\\.\\d+\\.1\\.3)\\.weight");
    private static final double RESIDUAL_GAIN = 0.3;

    static WeightScale of(String name, List<Long> shape) {
        if (name.endsWith("sampling_offsets.bias")) {
            // pixels of a level: points around the position, as the official initialisation has them
            return new WeightScale(0, 4);
        }
        if (name.endsWith("bias")) {
            return new WeightScale(0, 0.1);
        }
        if (shape.size() == 1) {
            return new WeightScale(1, 0.1);
        }
        if (isTable(name)) {
            return new WeightScale(0, 0.5 * UNIT_VARIANCE);
        }
        double fanIn = shape.stream().skip(1).reduce(1L, Math::multiplyExact);
        return new WeightScale(0, gain(name, shape.get(0)) * UNIT_VARIANCE / Math.sqrt(fanIn));
    }

    private static double gain(String name, long out) {
        if (LOGIT_GAINS.containsKey(name)) {
            return LOGIT_GAINS.get(name) / Math.sqrt(out);
        }
        return RESIDUAL.matcher(name).matches() ? RESIDUAL_GAIN : 1;
    }

    /** Rows that are looked up or added, not multiplied. */
    private static boolean isTable(String name) {
        return name.contains("embed_tokens") || name.contains("_embedding.") && !name.contains("patch_embedding")
                || name.contains("query") && !name.contains("projector") || name.contains("level_embed")
                || name.contains("bias_table") || name.endsWith("probe");
    }
}
