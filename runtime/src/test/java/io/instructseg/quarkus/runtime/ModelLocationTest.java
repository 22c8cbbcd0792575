package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.runtime.configuration.ConfigurationException;

class ModelLocationTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = { "", " " })
    void nothingSaysHowToGetAModel(String configured) {
        assertThatThrownBy(() -> ModelLocation.of(ModelNames.DEFAULT, Optional.of(configured)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("quarkus.instructseg.model is not set")
                .hasMessageContaining("instructseg convert CHECKPOINT_DIR MODEL_DIR");
    }

    @Test
    void aDirectoryHasAModel() throws IOException {
        Files.createFile(directory.resolve("saved_model.pb"));
        ModelLocation location = ModelLocation.of(ModelNames.DEFAULT, Optional.of(directory.toString()));
        assertThat(location.isOnClassPath()).isFalse();
        assertThat(location.directory()).isEqualTo(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = { "/nowhere", "classpath:no/where", "no\0path" })
    void whereNoModelIsTheValueIsNamed(String configured) {
        assertThatThrownBy(() -> ModelLocation.of(ModelNames.DEFAULT, Optional.of(configured)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("quarkus.instructseg.model is '" + configured + "'");
    }
}
