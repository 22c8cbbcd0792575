package io.instructseg.it.rest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

import io.instructseg.demo.DemoModel;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

/** The demo model in a directory, for an application that has been packaged: production has no default model. */
public class DemoModelDirectory implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        Path directory = Path.of("target", "instructseg-model").toAbsolutePath();
        try {
            DemoModel.extractTo(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of("quarkus.instructseg.model", directory.toString());
    }

    @Override
    public void stop() {
        // the directory is the build's
    }
}
