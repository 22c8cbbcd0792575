package io.instructseg.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.format.Signature;

/**
 * Finds the best masks of an item. A score is the sigmoid of a query's logit times the mean foreground probability,
 * so it can't exceed that sigmoid: queries are resolved in the order of this bound until no other can win. Masks are
 * resolved a few at a time, to bound memory.
 */
final class MaskResolver {

    /** Elements of the resized logits of one step, at the backbone's and at the picture's size together. */
    private static final long STEP_ELEMENTS = 16 << 20;

    private final StageRunner runner;
    private final ImageFeatures image;
    private final Activations decoded;
    private final double[][] bounds;

    MaskResolver(StageRunner runner, ImageFeatures image, Activations decoded) {
        this.runner = runner;
        this.image = image;
        this.decoded = decoded;
        HostTensor logits = decoded.get("seg_logits").toHost();
        int queries = (int) logits.shape()[1];
        this.bounds = new double[(int) logits.shape()[0]][queries];
        float[] values = logits.floats();
        for (int i = 0; i < values.length; i++) {
            bounds[i / queries][i % queries] = 1 / (1 + Math.exp(-values[i]));
        }
    }

    /** The query with the highest score. */
    Candidate best(int item) {
        List<Integer> order = order(item);
        int best = -1;
        float score = -1;
        for (int from = 0; from < order.size() && bounds[item][order.get(from)] >= score; from += step()) {
            List<Integer> queries = order.subList(from, Math.min(from + step(), order.size()));
            float[] scores = scores(item, queries);
            for (int i = 0; i < scores.length; i++) {
                if (scores[i] > score) {
                    best = queries.get(i);
                    score = scores[i];
                }
            }
        }
        return resolve(item, List.of(best)).get(0);
    }

    /** All queries, by falling score. */
    List<Candidate> all(int item) {
        List<Candidate> candidates = new ArrayList<>();
        List<Integer> order = order(item);
        for (int from = 0; from < order.size(); from += step()) {
            candidates.addAll(resolve(item, order.subList(from, Math.min(from + step(), order.size()))));
        }
        candidates.sort(Comparator.comparingDouble(Candidate::score).reversed());
        return candidates;
    }

    /** Queries by falling bound. */
    private List<Integer> order(int item) {
        return IntStream.range(0, bounds[item].length).boxed()
                .sorted(Comparator.comparingDouble((Integer query) -> bounds[item][query]).reversed()).toList();
    }

    private int step() {
        long side = runner.size("S");
        long elements = side * side + (long) image.width() * image.height();
        return (int) Math.max(1, STEP_ELEMENTS / elements);
    }

    private float[] scores(int item, List<Integer> queries) {
        try (Activations outputs = run(item, queries, List.of("scores"))) {
            return outputs.get("scores").toHost().floats();
        }
    }

    private List<Candidate> resolve(int item, List<Integer> queries) {
        try (Activations outputs = run(item, queries, List.of("scores", "masks"))) {
            float[] scores = outputs.get("scores").toHost().floats();
            ByteBuffer masks = ByteBuffer.wrap(outputs.get("masks").toHost().bytes());
            List<Candidate> candidates = new ArrayList<>();
            int area = image.width() * image.height();
            for (int i = 0; i < scores.length; i++) {
                Mask mask = Mask.of(image.width(), image.height(), masks.slice(i * area, area));
                candidates.add(new Candidate(queries.get(i), scores[i], mask));
            }
            return candidates;
        }
    }

    /** A query's mask logits of the picture's size, {@code [height, width]}. */
    float[] logits(int item, int query) {
        try (Activations outputs = run(item, List.of(query), List.of("resized_logits"))) {
            return outputs.get("resized_logits").toHost().floats();
        }
    }

    private Activations run(int item, List<Integer> queries, List<String> outputs) {
        int[] indices = queries.stream().mapToInt(Integer::intValue).toArray();
        try (Activation row = ints(new int[] { item });
                Activation chosen = ints(indices, indices.length);
                Activation content = ints(new int[] { image.pixels().contentHeight(), image.pixels().contentWidth() }, 2);
                Activation size = ints(new int[] { image.height(), image.width() }, 2)) {
            Map<String, Activation> inputs = new HashMap<>(decoded.all());
            inputs.putAll(Map.of("item", row, "queries", chosen, "content_size", content, "image_size", size));
            return runner.run(Signature.RESOLVE_MASKS, inputs, outputs);
        }
    }

    private static Activation ints(int[] values, long... shape) {
        return Activation.of(HostTensor.ints(values, shape));
    }
}
