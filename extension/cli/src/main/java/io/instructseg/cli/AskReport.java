package io.instructseg.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.engine.TextGeneration;
import io.instructseg.engine.image.DecodedImage;

/**
 * The answers of {@code ask} for programs.
 *
 * @param file the picture's, if there is one
 */
record AskReport(Optional<Path> file, Optional<DecodedImage> image, StepTimes times) {

    /** @param answer at its end */
    String json(String question, String text, TextGeneration answer) {
        ObjectNode root = Json.object();
        root.putNull("image");
        image.ifPresent(decoded -> Json.putImage(root, file.orElseThrow(), decoded));
        root.put("question", question).put("text", text).put("finish", answer.finish().name().toLowerCase(Locale.ROOT))
                .put("prompt_tokens", answer.promptTokens()).put("tokens", answer.tokens());
        Json.putTimings(root, times, answer.timings());
        return Json.text(root);
    }
}
