package io.instructseg.quarkus.runtime;

import java.util.Set;

import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.text.Task;
import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The configuration, checked.
 *
 * @param task of requests that name none
 * @param threshold lowest score that counts as found
 * @param limits what a picture may cost
 * @param queueSize requests that may wait
 */
record Settings(Task task, double threshold, ImageLimits limits, int queueSize) {

    /** @throws ConfigurationException if a value makes no sense, by its property's name */
    static Settings of(InstructSegConfig config) {
        require("threshold", config.threshold(), config.threshold() >= 0 && config.threshold() <= 1, "0 to 1");
        long maxBytes = config.image().maxBytes().asLongValue();
        require("image.max-bytes", maxBytes, maxBytes >= 1, "at least 1");
        long maxPixels = config.image().maxPixels();
        require("image.max-pixels", maxPixels, maxPixels >= 1, "at least 1");
        int queueSize = config.queue().size();
        require("queue.size", queueSize, queueSize >= 1, "at least 1");
        return new Settings(config.task(), config.threshold(), new ImageLimits(maxBytes, maxPixels), queueSize);
    }

    private static void require(String name, Object value, boolean valid, String expected) {
        if (!valid) {
            String property = "quarkus.instructseg." + name;
            throw new ConfigurationException(property + " is " + value + ", expected " + expected, Set.of(property));
        }
    }
}
