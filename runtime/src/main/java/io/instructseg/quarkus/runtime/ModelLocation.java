package io.instructseg.quarkus.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

import io.quarkus.runtime.configuration.ConfigurationException;

/** Finds the configured model. */
public final class ModelLocation {

    private static final String CLASS_PATH = "classpath:";
    private static final String MODEL_FILE = "saved_model.pb";

    private final String configured;

    private ModelLocation(String configured) {
        this.configured = configured;
    }

    /** @throws ConfigurationException if none is configured, or there is no model */
    static ModelLocation of(String model, Optional<String> configured) {
        ModelLocation location = new ModelLocation(configured.filter(value -> !value.isBlank()).orElseThrow(
                () -> failure(model,
                        "is not set, and production has no default model. Convert a checkpoint with 'instructseg convert"
                                + " CHECKPOINT_DIR MODEL_DIR' (docs/converting.md) and set it to MODEL_DIR")));
        if (!location.hasModel()) {
            throw failure(model, "is '" + location.configured + "', where no " + MODEL_FILE
                    + " was found. Expected a directory that 'instructseg convert' wrote"
                    + (location.isOnClassPath() ? ", on the class path" : ", from " + Path.of("").toAbsolutePath()));
        }
        return location;
    }

    /** Whether this is the property of a model, the default one or a named one. */
    public static boolean isProperty(String name) {
        return name.equals(ModelNames.property(ModelNames.DEFAULT, "model"))
                || name.startsWith("quarkus.instructseg.\"") && name.endsWith("\".model");
    }

    /** The directory of a configured model on the class path; empty for one that is elsewhere. */
    public static Optional<String> classPathDirectory(String configured) {
        ModelLocation location = new ModelLocation(configured);
        return location.isOnClassPath() ? Optional.of(location.resource()) : Optional.empty();
    }

    private static ConfigurationException failure(String model, String what) {
        String property = ModelNames.property(model, "model");
        return new ConfigurationException(property + " " + what, Set.of(property));
    }

    private boolean hasModel() {
        try {
            return isOnClassPath() ? ClassPathDirectory.has(resource(), MODEL_FILE)
                    : Files.isRegularFile(directory().resolve(MODEL_FILE));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    boolean isOnClassPath() {
        return configured.startsWith(CLASS_PATH);
    }

    /** The directory, if the model is in one. */
    Path directory() {
        return Path.of(configured);
    }

    /** Copies a model of the class path into a directory. */
    void copyTo(Path directory) throws IOException {
        ClassPathDirectory.copy(resource(), directory);
    }

    private String resource() {
        String name = configured.substring(CLASS_PATH.length());
        return name.startsWith("/") ? name.substring(1) : name;
    }

    @Override
    public String toString() {
        return configured;
    }
}
