package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.instructseg.engine.session.ModelDescription;
import io.instructseg.engine.text.Tokenizer;
import io.instructseg.format.ModelManifest;

/** Compares what {@code model.json} records with what the model is. */
final class ManifestCheck {

    private final List<String> differences = new ArrayList<>();

    private ManifestCheck() {
    }

    /** @return one line for each difference */
    static List<String> differences(Path directory, ModelManifest manifest, ModelDescription model, ModuleTable weights)
            throws IOException {
        ManifestCheck check = new ManifestCheck();
        Map<String, Integer> recorded = new TreeMap<>(manifest.hyperparameters().axes());
        recorded.forEach((axis, size) -> {
            if (model.sizes().containsKey(axis)) {
                check.compare("axis " + axis, size, model.sizes().get(axis));
            }
        });
        check.compare("number of weights", manifest.parameters().weights(), weights.tensors());
        check.compare("parameters", manifest.parameters().elements(), weights.parameters());
        check.compare("bytes of the weights", manifest.parameters().bytes(), weights.bytes());
        check.compare("tokens", manifest.hyperparameters().languageModel().vocabularySize(),
                Tokenizer.load(directory.resolve(ModelManifest.TOKENIZER_DIRECTORY)).size());
        return check.differences;
    }

    private void compare(String what, long recorded, long found) {
        if (recorded != found) {
            differences.add(what + ": " + ModelManifest.FILE + " records " + recorded + ", the model has " + found);
        }
    }
}
