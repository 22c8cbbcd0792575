package io.instructseg.conversion;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.instructseg.checkpoint.TensorInfo;
import io.instructseg.model.graph.Weight;

/** Looks for weights that are not finite where nothing is written, since other weights don't fit. */
final class FiniteCheck {

    private final WeightSource source;
    private final ConversionListener listener;

    FiniteCheck(WeightSource source, ConversionListener listener) {
        this.source = source;
        this.listener = listener;
    }

    /** Those of the weights that there are and that hold infinities or NaN. */
    List<String> offenders(Collection<Weight> weights) throws IOException {
        List<String> offenders = new ArrayList<>();
        List<Weight> readable = weights.stream().filter(weight -> isReadable(weight.name())).toList();
        long total = readable.stream().mapToLong(this::bytes).sum();
        long done = 0;
        for (Weight weight : readable) {
            listener.progress("checking weights", done, total);
            long[] notFinite = new long[1];
            source.readFloat32(weight.name(), chunk -> {
                while (chunk.hasRemaining()) {
                    notFinite[0] += Float.isFinite(chunk.get()) ? 0 : 1;
                }
            });
            if (notFinite[0] > 0) {
                offenders.add(offender(weight, notFinite[0]));
            }
            done += bytes(weight);
        }
        return offenders;
    }

    /** What is wrong with a weight that is not finite, in the file or in the model's precision. */
    static String offender(Weight weight, long notFinite) {
        return "not finite: " + weight.name() + ", " + notFinite + " elements as " + weight.precision()
                + ", expected none";
    }

    private long bytes(Weight weight) {
        return source.tensors().get(weight.name()).bytes();
    }

    private boolean isReadable(String name) {
        TensorInfo tensor = source.tensors().get(name);
        return tensor != null && tensor.dataType().isFloatingPoint();
    }
}
