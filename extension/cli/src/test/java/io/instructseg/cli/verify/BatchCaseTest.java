package io.instructseg.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.Safetensors;
import io.instructseg.checkpoint.TensorInfo;
import io.instructseg.conversion.ConversionOptions;
import io.instructseg.conversion.Converter;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.format.Precision;

/** A case of several pictures that holds every tensor. */
class BatchCaseTest {

    private static final Path GOLDEN = Path.of(System.getProperty("instructseg.test-data"), "golden", "model-b");
    private static final int ITEMS = 3;

    @TempDir
    Path directory;

    /** The same picture three times gives the official tensors of one picture three times, positions included. */
    @Test
    void comparesPositionsWithEveryItem() throws IOException {
        Path source = GOLDEN.resolve("cases").resolve("res_landscape");
        Path batch = Files.createDirectory(directory.resolve("batch"));
        Files.writeString(batch.resolve("case.json"), "{\"task\": \"RES\"}");
        repeat(source.resolve("swin.safetensors"), batch.resolve("swin.safetensors"));
        repeat(source.resolve("pixel_decoder.safetensors"), batch.resolve("pixel_decoder.safetensors"));
        Path target = directory.resolve("model");
        Converter.convert(GOLDEN, target, new ConversionOptions(Precision.FLOAT32, List.of()), (step, done, total) -> {
        });
        try (SegmentationModel model = SegmentationModel.load(target)) {
            Verification verification = Verification.run(model, batch);
            assertThat(verification.comparisons()).extracting(Comparison::tensor).contains("position.0",
                    "encoder.pos_with_level", "mask_features");
            assertThat(verification.comparisons()).allMatch(Comparison::passes);
        }
    }

    /** Writes all tensors with their items repeated along the first axis, the batch. */
    private static void repeat(Path source, Path target) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        StringJoiner header = new StringJoiner(",", "{", "}");
        try (Checkpoint tensors = Safetensors.openFile(source)) {
            for (TensorInfo tensor : tensors.tensors().values()) {
                if (tensor.shape().get(0) != 1) {
                    continue;
                }
                int begin = data.size();
                for (int item = 0; item < ITEMS; item++) {
                    tensors.read(tensor.name(), chunk -> {
                        byte[] bytes = new byte[chunk.remaining()];
                        chunk.get(bytes);
                        data.writeBytes(bytes);
                    });
                }
                header.add("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(tensor.name(),
                        tensor.dataType().safetensorsName(), shape(tensor), begin, data.size()));
            }
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json).put(data.toByteArray());
        Files.write(target, file.array());
    }

    private static List<Long> shape(TensorInfo tensor) {
        List<Long> shape = new ArrayList<>(tensor.shape());
        shape.set(0, (long) ITEMS);
        return shape;
    }
}
