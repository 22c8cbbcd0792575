package io.instructseg.engine;

import io.instructseg.engine.mask.Mask;

/**
 * What one of the model's mask queries found.
 *
 * @param query its index
 * @param score 0 to 1: how well it fits the instruction, times the mean probability of its foreground
 * @param mask at the picture's size
 */
public record Candidate(int query, double score, Mask mask) {
}
