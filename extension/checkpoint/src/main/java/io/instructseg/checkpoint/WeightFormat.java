package io.instructseg.checkpoint;

import java.io.IOException;
import java.util.Map;

/** The formats of weight files, the preferred one first, with the names that transformers gives to the files. */
enum WeightFormat {

    SAFETENSORS("model.safetensors") {
        @Override
        Map<String, StridedView> read(WeightFile file) throws IOException {
            return Safetensors.read(file);
        }
    },
    TORCH("pytorch_model.bin") {
        @Override
        Map<String, StridedView> read(WeightFile file) throws IOException {
            return TorchArchive.read(file);
        }
    };

    private final String fileName;

    WeightFormat(String fileName) {
        this.fileName = fileName;
    }

    String fileName() {
        return fileName;
    }

    String indexName() {
        return fileName + ".index.json";
    }

    /** The tensors of a file in its own order, every one checked to lie inside of it. */
    abstract Map<String, StridedView> read(WeightFile file) throws IOException;
}
