package io.instructseg.conversion.synthesis;

import java.util.List;
import java.util.Set;

/**
 * How large the elements of a made-up weight are, so that activations keep their size from layer to layer: norms scale by
 * about one, products keep the variance, and logits stay where a sigmoid still tells them apart.
 *
 * @param deviation largest distance from the centre, of a uniform distribution
 */
record WeightScale(double centre, double deviation) {

    private static final double UNIT_VARIANCE = Math.sqrt(3);
    /** Their results are multiplied with vectors as wide as they are, and the sums are logits. */
    private static final Set<String> LOGIT_FACTORS = Set.of("predictor.SEG_proj.layers.1.weight",
            "predictor.mask_embed.layers.2.weight");
    private static final double LOGIT_GAIN = 4;

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
        double gain = LOGIT_FACTORS.contains(name) ? LOGIT_GAIN / Math.sqrt(shape.get(0)) : 1;
        return new WeightScale(0, gain * UNIT_VARIANCE / Math.sqrt(fanIn));
    }

    /** Rows that are looked up or added, not multiplied. */
    private static boolean isTable(String name) {
        return name.contains("embed_tokens") || name.contains("_embedding.") && !name.contains("patch_embedding")
                || name.contains("query") && !name.contains("projector") || name.contains("level_embed")
                || name.contains("bias_table") || name.endsWith("probe");
    }
}
