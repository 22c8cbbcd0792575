package io.instructseg.engine;

import java.util.ArrayList;
import java.util.List;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.text.Prompt;

/**
 * From prompts to the candidates in a picture.
 *
 * @param wanted of each prompt
 */
record ImageSegmentation(StageRunner runner, Candidates wanted) {

    /** Those of each prompt, by falling score. */
    List<List<Candidate>> answer(RgbImage image, List<Prompt> all) {
        List<List<Candidate>> answers = new ArrayList<>();
        try (ImageFeatures features = ImageFeatures.encode(image, runner)) {
            for (List<Prompt> prompts : PromptBatch.split(all, features.patchTokens())) {
                try (PromptBatch batch = new PromptBatch(prompts);
                        Activations perceived = PromptStages.perceive(runner, features.patches(), batch)) {
                    answers.addAll(answer(features, batch, prompts.size(), perceived.get("perceived")));
                }
            }
        }
        return answers;
    }

    /** @param perceived in the picture for each of the prompts */
    List<List<Candidate>> answer(ImageFeatures image, PromptBatch batch, int prompts, Activation perceived) {
        List<List<Candidate>> answers = new ArrayList<>();
        try (Activations decoded = PromptStages.decode(runner, image, batch, perceived)) {
            MaskResolver resolver = new MaskResolver(runner, image, decoded);
            for (int item = 0; item < prompts; item++) {
                answers.add(wanted == Candidates.ALL ? resolver.all(item) : List.of(resolver.best(item)));
            }
        }
        return answers;
    }
}
