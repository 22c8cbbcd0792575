package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;

import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Precision;
import io.instructseg.model.InstructSegGraph;
import io.instructseg.model.graph.Weight;

class UnusedWeightsTest {

    private static final Path MODEL_B = Checkpoints.GOLDEN.resolve("model-b");

    /** Written from the golden README: SigLIP behind the selected layer, buffers, queries that are replaced. */
    @Test
    void areExactlyWhatInferenceLeavesOfAGoldenModel() throws IOException {
        Map<String, List<Long>> shapes = Checkpoints.shapes(MODEL_B);
        Hyperparameters hyperparameters = HyperparameterReader.read(MODEL_B, shapes);
        Set<String> unused = shapes.keySet().stream().filter(name -> UnusedWeights.contains(name, hyperparameters))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> expected = shapes.keySet().stream()
                .filter(name -> name.startsWith("model.vision_tower.vision_model.encoder.layers.4.")
                        || name.startsWith("model.vision_tower.vision_model.post_layernorm.")
                        || name.startsWith("model.vision_tower.vision_model.head.") || name.endsWith(".relative_position_index")
                        || name.equals("predictor.query_feat.weight") || name.equals("predictor.SEG_query_embed.weight"))
                .collect(Collectors.toCollection(TreeSet::new));
        // 16 of the layer, 2, 11 of the head, an index for each of 12 blocks, 2 queries
        assertThat(expected).hasSize(43);
        assertThat(unused).isEqualTo(expected);
        Set<String> used = used(hyperparameters);
        assertThat(used).doesNotContainAnyElementsOf(unused);
        Set<String> both = new HashSet<>(used);
        both.addAll(unused);
        assertThat(both).isEqualTo(shapes.keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = { "model.vision_tower.vision_model.embeddings.position_ids",
            "model.layers.31.self_attn.rotary_emb.inv_freq", "model.vision_tower.vision_model.encoder.layers.26.mlp.fc1.bias" })
    void includeWhatOlderVersionsSaved(String name) throws IOException {
        assertThat(UnusedWeights.contains(name, official())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = { "lm_head.weight", "lm_head.bias",
            "model.vision_tower.vision_model.encoder.layers.25.mlp.fc1.bias",
            "model.vision_tower.vision_model.encoder.layers.99999999999.mlp.fc1.bias", "predictor.query_embed.weight",
            "model.layers.x.self_attn.rotary_emb.inv_freq", "model.vision_tower_mask.layers.0.blocks.0.attn.proj.bias", "" })
    void excludeAllElse(String name) throws IOException {
        assertThat(UnusedWeights.contains(name, official())).isFalse();
    }

    private static Hyperparameters official() throws IOException {
        return HyperparameterReader.read(Path.of("no such directory"), Map.of());
    }

    private static Set<String> used(Hyperparameters hyperparameters) {
        try (Graph graph = new Graph()) {
            return InstructSegGraph.build(graph, hyperparameters, Precision.FLOAT32).weights().stream().map(Weight::name)
                    .collect(Collectors.toSet());
        }
    }
}
