package io.instructseg.conversion;

import java.util.Optional;

import io.instructseg.format.ModelManifest;

/**
 * What a conversion made.
 *
 * @param manifest the model's
 * @param merge what was merged, if an adapter was
 */
public record Conversion(ModelManifest manifest, Optional<Merge> merge) {

    /**
     * What an adapter changed of the checkpoint.
     *
     * @param rank of the matrices A and B
     * @param scale factor of their product
     * @param assumed whether both are the official scripts', since the adapter has no configuration
     * @param matrices how many a product was added to
     * @param replaced how many tensors were taken from the adapter as a whole
     */
    public record Merge(int rank, double scale, boolean assumed, int matrices, int replaced) {
    }
}
