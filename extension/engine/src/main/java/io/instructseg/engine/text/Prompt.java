package io.instructseg.engine.text;

/**
 * A segmentation prompt as the model takes it. The arrays are not copied, and records compare arrays by identity.
 *
 * @param ids token ids and {@link io.instructseg.format.Placeholders}, the answer and {@code <|endoftext|>} included
 * @param instruction the token ids that take the place of {@link io.instructseg.format.Placeholders#REFER}, {@code [SEG]} last
 */
public record Prompt(int[] ids, int[] instruction) {
}
