package io.instructseg.engine;

/**
 * A token that a greedy answer has.
 *
 * @param id the likeliest one
 * @param logits that chose it, {@code [V]}: of all rows of the model's {@code lm_head}, which may be more than the tokenizer
 *        has tokens
 */
public record NextToken(int id, float[] logits) {
}
