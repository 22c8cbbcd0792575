package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.text.Task;
import io.instructseg.engine.video.VideoLimits;
import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The configuration, checked.
 *
 * @param task of requests that name none
 * @param threshold lowest score that counts as found
 * @param limits what a picture may cost
 * @param queueSize requests that may wait
 * @param deadline how long a request may take
 * @param videos what they may cost
 * @param answers what answers in words may cost
 * @param memoryCheck whether a model that does not fit is not loaded
 */
record Settings(Task task, double threshold, ImageLimits limits, int queueSize, Optional<Duration> deadline,
        Videos videos, Answers answers, boolean memoryCheck) {

    /** @throws ConfigurationException if a value makes no sense, by its property's name */
    static Settings of(String model, ModelConfig config) {
        require(model, "threshold", config.threshold(), config.threshold() >= 0 && config.threshold() <= 1, "0 to 1");
        long maxBytes = config.image().maxBytes().asLongValue();
        require(model, "image.max-bytes", maxBytes, maxBytes >= 1, "at least 1");
        long maxPixels = config.image().maxPixels();
        require(model, "image.max-pixels", maxPixels, maxPixels >= 1, "at least 1");
        int queueSize = config.queue().size();
        require(model, "queue.size", queueSize, queueSize >= 1, "at least 1");
        config.deadline().ifPresent(deadline -> require(model, "deadline", deadline, deadline.compareTo(Duration.ZERO) > 0,
                "more than nothing"));
        return new Settings(config.task(), config.threshold(), new ImageLimits(maxBytes, maxPixels), queueSize,
                config.deadline(), Videos.of(model, config.video()), Answers.of(model, config.answers()),
                config.memoryCheck());
    }

    /**
     * @param limits what a video may cost
     * @param concurrency how many may be segmented at once
     */
    record Videos(VideoLimits limits, int concurrency) {

        private static Videos of(String model, ModelConfig.VideoConfig config) {
            require(model, "video.max-frames", config.maxFrames(), config.maxFrames() >= 1, "at least 1");
            require(model, "video.max-duration", config.maxDuration(), config.maxDuration().compareTo(Duration.ZERO) > 0,
                    "more than nothing");
            require(model, "video.max-pixels", config.maxPixels(), config.maxPixels() >= 1, "at least 1");
            long maxBytes = config.maxBytes().asLongValue();
            require(model, "video.max-bytes", maxBytes, maxBytes >= 1, "at least 1");
            int concurrency = config.concurrency();
            require(model, "video.concurrency", concurrency, concurrency >= 1, "at least 1");
            return new Videos(new VideoLimits(config.maxFrames(), config.maxDuration(), config.maxPixels(), maxBytes),
                    concurrency);
        }
    }

    /**
     * @param maxTokens of each
     * @param concurrency how many may be under way at once
     */
    record Answers(int maxTokens, int concurrency) {

        private static Answers of(String model, ModelConfig.AnswersConfig config) {
            int maxTokens = config.maxTokens();
            require(model, "answers.max-tokens", maxTokens, maxTokens >= 1 && maxTokens <= GenerationOptions.MOST_TOKENS,
                    "1 to " + GenerationOptions.MOST_TOKENS);
            int concurrency = config.concurrency();
            require(model, "answers.concurrency", concurrency, concurrency >= 1, "at least 1");
            return new Answers(maxTokens, concurrency);
        }

        /** For who doesn't say how an answer is made. */
        GenerationOptions byDefault() {
            GenerationOptions options = GenerationOptions.DEFAULT;
            return options.withMaxTokens(Math.min(options.maxTokens(), maxTokens));
        }
    }

    /** @throws ConfigurationException if a value that holds for all models makes no sense, by its property's name */
    static void check(InstructSegConfig config) {
        Duration shutdown = config.shutdownTimeout();
        require(ModelNames.DEFAULT, "shutdown-timeout", shutdown, !shutdown.isNegative(), "0S, which is not to wait, or more");
        Duration hung = config.hungAfter();
        require(ModelNames.DEFAULT, "hung-after", hung, hung.compareTo(Duration.ZERO) > 0, "more than nothing");
    }

    private static void require(String model, String name, Object value, boolean valid, String expected) {
        if (!valid) {
            String property = ModelNames.property(model, name);
            throw new ConfigurationException(property + " is " + value + ", expected " + expected, Set.of(property));
        }
    }
}
