package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.text.Prompt;

class PromptBatchTest {

    @Test
    void shortPromptsRunEightAtATime() {
        assertThat(sizes(100, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10)).containsExactly(8, 2);
        assertThat(sizes(100, 10, 10, 10, 10, 10, 10, 10, 10)).containsExactly(8);
        assertThat(sizes(100)).isEmpty();
    }

    @Test
    void attentionBoundsABatch() {
        // 3 x (729 + 100 + 300)^2 are less than 4 Mi, 4 x more
        assertThat(sizes(729, 300, 300, 300, 300)).containsExactly(3, 1);
        // a long one makes all others of its batch as long
        assertThat(sizes(729, 10, 2048, 10, 10)).containsExactly(1, 1, 2);
        assertThat(sizes(100_000, 10, 10)).containsExactly(1, 1);
    }

    private static List<Integer> sizes(int patchTokens, int... instructions) {
        List<Prompt> prompts = IntStream.of(instructions).mapToObj(length -> new Prompt(new int[100], new int[length]))
                .toList();
        List<List<Prompt>> batches = PromptBatch.split(prompts, patchTokens);
        assertThat(batches.stream().flatMap(List::stream).toList()).isEqualTo(prompts);
        return batches.stream().map(List::size).toList();
    }
}
