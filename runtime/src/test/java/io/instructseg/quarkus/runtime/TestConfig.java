package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.Map;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;

/** The configuration as an application reads it. */
final class TestConfig {

    private TestConfig() {
    }

    static ModelConfig model(String name, Map<String, String> properties) {
        return of(properties).models().get(name);
    }

    static InstructSegConfig of(Map<String, String> properties) {
        return new SmallRyeConfigBuilder().withMapping(InstructSegConfig.class)
                .withConverter(Duration.class, 100, new DurationConverter())
                .withConverter(MemorySize.class, 100, new MemorySizeConverter())
                .withSources(new PropertiesConfigSource(properties, "test", 100)).build()
                .getConfigMapping(InstructSegConfig.class);
    }
}
