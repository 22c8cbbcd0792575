package io.instructseg.conversion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.instructseg.model.graph.Weight;

/**
 * Converts weights into the variables of a SavedModel: several at once, in the order in which they lie in the checkpoint.
 * Memory does not depend on the sizes of weights: blocks take a quarter of the heap at most.
 */
final class VariableWriter {

    /** Holds any transposed weight of the official model but one. A smaller one makes it be read more than once. */
    private static final int BLOCK_BYTES = 128 << 20;
    /** More would not be faster than disks are, and each has a block. */
    private static final int MOST_THREADS = 4;

    private final WeightSource source;
    private final List<Weight> weights;
    private final int blockBytes;
    private final int threads;
    private final ConversionListener listener;

    VariableWriter(WeightSource source, Collection<Weight> weights, ConversionListener listener) {
        Map<String, Weight> needed = weights.stream().collect(Collectors.toMap(Weight::name, Function.identity()));
        this.source = source;
        this.weights = source.tensors().keySet().stream().filter(needed::containsKey).map(needed::get).toList();
        long heap = Runtime.getRuntime().maxMemory();
        this.blockBytes = blockBytes(heap, weights.stream().mapToLong(Weight::bytes).max().orElseThrow());
        this.threads = threads(heap, Runtime.getRuntime().availableProcessors(), blockBytes);
        this.listener = listener;
    }

    /** Two blocks fit into a quarter of the heap: graph and tokenizer take 25 MB, and G1 wants one piece for each block. */
    static int blockBytes(long heap, long largestWeight) {
        return (int) Math.min(BLOCK_BYTES, Math.min(heap / 8, largestWeight));
    }

    /** As many as have room for their blocks in a quarter of the heap. */
    static int threads(long heap, int processors, int blockBytes) {
        return (int) Math.min(Math.min(MOST_THREADS, processors), heap / 4 / blockBytes);
    }

    /** Writes all weights into a SavedModel's directory; returns those that are not finite. */
    List<String> write(Path model) throws IOException {
        try (TensorBundle bundle = new TensorBundle(model, weights); Workers workers = new Workers(threads)) {
            ThreadLocal<WeightBuffer> buffers = ThreadLocal.withInitial(() -> new WeightBuffer(blockBytes));
            List<Future<Long>> conversions = new ArrayList<>();
            for (Weight weight : weights) {
                conversions.add(workers.executor().submit(() -> buffers.get().convert(weight,
                        consumer -> source.readFloat32(weight.name(), consumer), block -> bundle.append(weight, block))));
            }
            List<String> offenders = await(conversions);
            bundle.finish();
            return offenders;
        }
    }

    private List<String> await(List<Future<Long>> conversions) throws IOException {
        List<String> offenders = new ArrayList<>();
        long total = weights.stream().mapToLong(this::sourceBytes).sum();
        long done = 0;
        for (int i = 0; i < weights.size(); i++) {
            listener.progress("converting weights", done, total);
            long notFinite = Workers.get(conversions.get(i));
            if (notFinite > 0) {
                offenders.add(FiniteCheck.offender(weights.get(i), notFinite));
            }
            done += sourceBytes(weights.get(i));
        }
        return offenders;
    }

    private long sourceBytes(Weight weight) {
        return source.tensors().get(weight.name()).bytes();
    }
}
