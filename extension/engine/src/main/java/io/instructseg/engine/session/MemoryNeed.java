package io.instructseg.engine.session;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.tensorflow.proto.MetaGraphDefOrBuilder;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.NodeDefOrBuilder;

import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;

/**
 * What a model takes of the host's memory, estimated before it is loaded.
 *
 * @param weights bytes of the weights that are in the host's memory
 * @param work bytes to compute with: {@link #STAGE_FACTOR} times what the stages hand on to each other for one picture and one
 *        sentence; and, of a model that has words, the keys and values of one answer about a picture
 */
record MemoryNeed(long weights, long work) {

    /** Measured (docs/production.md): what TensorFlow takes for a request, over the tensors between the stages. */
    private static final long STAGE_FACTOR = 10;
    /** Tokens beside the picture's: a short question in the template of conversations, 64, and an answer of the default 256. */
    private static final long WORDS = 320;

    /** @param model with its devices */
    static MemoryNeed of(MetaGraphDefOrBuilder model, Map<String, Long> sizes) {
        long weights = 0;
        for (NodeDef node : model.getGraphDef().getNodeList()) {
            if (node.getOp().equals("VarHandleOp") && !isOnGpu(node)) {
                weights += ModelDescription.bytes(node);
            }
        }
        long handedOn = List.of(Signature.values()).stream().flatMap(stage -> stage.outputs().stream())
                .mapToLong(output -> bytes(output, sizes)).sum();
        return new MemoryNeed(weights, STAGE_FACTOR * handedOn
                + ModelDescription.tokenBytes(model, sizes) * (sizes.getOrDefault("P", 0L) + WORDS));
    }

    /** Whether a node, with its device, is not in the host's memory. */
    static boolean isOnGpu(NodeDefOrBuilder node) {
        return node.getDevice().contains(":" + Device.Type.GPU + ":");
    }

    /** For one picture and sentence; 0 if a size is not the model's. */
    private static long bytes(TensorSpec output, Map<String, Long> sizes) {
        long bytes = Float.BYTES;
        for (int axis = 1; axis < output.axes().size(); axis++) {
            bytes *= sizes.getOrDefault(output.axes().get(axis), 0L);
        }
        return output.axes().size() < 2 ? 0 : bytes;
    }

    /** @throws ModelException if there is not so much free; not if the system does not tell */
    void require(Path directory, Optional<FreeMemory> free, long promised) throws ModelException {
        if (free.isPresent() && free.get().bytes() - promised < weights + work) {
            String others = promised == 0 ? ""
                    : ", and models that are loaded or loading need " + gigabytes(promised) + " of them";
            throw new ModelException(directory + " needs " + gigabytes(weights + work) + " of memory (" + gigabytes(weights)
                    + " for its weights, " + gigabytes(work) + " to compute with), " + gigabytes(free.get().bytes())
                    + " are free " + free.get().where() + others);
        }
    }

    static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }
}
