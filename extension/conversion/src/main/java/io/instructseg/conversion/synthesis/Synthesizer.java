package io.instructseg.conversion.synthesis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.instructseg.conversion.ConversionException;
import io.instructseg.conversion.ConversionListener;
import io.instructseg.conversion.DiskSpace;
import io.instructseg.conversion.HyperparameterReader;
import io.instructseg.conversion.PendingDirectory;
import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Precision;

/**
 * Makes up a checkpoint: the official layout, files and tensors, with random weights under which activations stay of
 * ordinary size. It can be converted, and the model segments, without sense. Equal arguments make equal files.
 */
public final class Synthesizer {

    private static final long SHARD_BYTES = 2_000_000_000;
    /** Configuration and tokenizer. */
    private static final long OTHER_FILES = 4 << 20;

    private Synthesizer() {
    }

    /**
     * @param precision element type of all weights
     * @param target directory of the checkpoint, which must not exist yet, or be empty
     * @return the bytes of its tensors
     * @throws ConversionException if no checkpoint has such sizes, or the disk has too little space
     * @throws IOException also if files can't be written; nothing is left behind
     */
    public static long synthesize(Hyperparameters sizes, Precision precision, long seed, Path target,
            ConversionListener listener) throws IOException {
        SyntheticTokenizer tokenizer = new SyntheticTokenizer(sizes.languageModel().vocabularySize());
        Map<String, List<Long>> shapes = OfficialLayout.shapes(sizes);
        List<SyntheticTensor> tensors = shapes.entrySet().stream()
                .map(entry -> OfficialLayout.tensor(entry.getKey(), entry.getValue(), precision, seed)).toList();
        long bytes = tensors.stream().mapToLong(SyntheticTensor::bytes).sum();
        DiskSpace.require(target, bytes + OTHER_FILES);
        try (PendingDirectory pending = new PendingDirectory(target)) {
            String dataType = precision.name().toLowerCase(Locale.ROOT);
            new Configuration(sizes, dataType, tokenizer.endOfText()).write(pending.path());
            requireReadable(sizes, HyperparameterReader.read(pending.path(), shapes));
            tokenizer.write(pending.path());
            new ShardWriter(pending.path(), Shard.split(tensors, SHARD_BYTES), listener).write();
            pending.complete();
        }
        return bytes;
    }

    /** Some sizes follow from others in a checkpoint. */
    private static void requireReadable(Hyperparameters sizes, Hyperparameters read) throws ConversionException {
        if (!read.equals(sizes)) {
            throw new ConversionException("no checkpoint has these sizes: " + sizes + " would be read as " + read);
        }
    }
}
