package io.instructseg.conversion.synthesis;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Precision;

/** A checkpoint of any size in half precision, whose weights are zero and take no disk: its file is a hole. */
public final class SparseCheckpoint {

    private SparseCheckpoint() {
    }

    public static void write(Hyperparameters sizes, Path directory) throws IOException {
        SyntheticTokenizer tokenizer = new SyntheticTokenizer(sizes.languageModel().vocabularySize());
        new Configuration(sizes, "float16", tokenizer.endOfText()).write(directory);
        tokenizer.write(directory);
        Shard shard = new Shard(OfficialLayout.shapes(sizes).entrySet().stream()
                .map(entry -> OfficialLayout.tensor(entry.getKey(), entry.getValue(), Precision.FLOAT16, 0)).toList());
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve("model.safetensors").toFile(), "rw")) {
            ByteBuffer header = shard.header();
            file.setLength(header.remaining() + shard.bytes());
            file.write(header.array());
        }
    }
}
