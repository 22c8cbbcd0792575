package io.instructseg.cli.verify;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.instructseg.engine.Candidate;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.image.BackboneInput;
import io.instructseg.engine.image.Preprocessing;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.text.Medium;
import io.instructseg.engine.text.Prompt;
import io.instructseg.format.Signature;

/** Compares what stands before and behind the model: preprocessing, prompts, the resolution of masks, and the whole run. */
final class PictureVerifier {

    private final GoldenCase golden;
    private final SegmentationModel model;
    private final CasePictures pictures;
    private final Tolerances tolerances;
    private final List<Comparison> comparisons;

    /** @param comparisons takes what is compared */
    PictureVerifier(GoldenCase golden, SegmentationModel model, Tolerances tolerances, List<Comparison> comparisons) {
        this.comparisons = comparisons;
        this.golden = golden;
        this.model = model;
        this.pictures = new CasePictures(golden, model.session());
        this.tolerances = tolerances;
    }

    void verifyInput() throws IOException {
        StageInputs inputs = new StageInputs(golden, pictures);
        if (golden.isVideo()) {
            verifyReferences();
        }
        if (inputs.haveClipPixels() && inputs.haveBackbonePixels()) {
            verifyPreprocessing(inputs);
        }
        if (golden.holds("prompt", "input_ids")) {
            verifyPrompts();
        }
    }

    void verifyResult() throws IOException {
        if (golden.holds("result", "scores", "winner_mask_logits")) {
            if (golden.holds("mask_decoder", "final_mask_logits", "final_seg_logits")) {
                verifyResolution();
            }
            verifyWholeRun();
        }
    }

    private void verifyPreprocessing(StageInputs inputs) throws IOException {
        if (golden.decodersAgree()) {
            exact("SigLIP's picture", inputs.clipPixels().bytes(), pictures.clipPixels().bytes());
        }
        exact("the backbone's picture", inputs.backbonePixels().bytes(), pictures.backbonePixels().bytes());
    }

    /** The official code takes the key frame for its own reference by having none. */
    private void verifyReferences() throws IOException {
        List<Integer> own = golden.referenceChoice().of(golden.key(), golden.frames().size());
        List<Integer> official = golden.references().isEmpty() ? List.of(golden.key()) : golden.references();
        comparisons.add(Comparison.exact("preprocess", "reference frames", floats(official), floats(own)));
    }

    private void exact(String what, byte[] expected, byte[] actual) {
        comparisons.add(Comparison.exact("preprocess", what, GoldenTensor.floats(expected), GoldenTensor.floats(actual)));
    }

    private void verifyPrompts() throws IOException {
        List<Instruction> instructions = golden.instructions();
        GoldenTensor ids = golden.get("prompt", "input_ids");
        for (int item = 0; item < instructions.size(); item++) {
            Instruction instruction = instructions.get(item);
            Prompt prompt = model.prompts().segmentation(golden.medium(), instruction.task(), instruction.sentences());
            comparisons.add(Comparison.exact("prompt", "ids " + item, ids.rows(item, item + 1).values(),
                    GoldenTensor.floats(prompt.ids())));
            comparisons.add(Comparison.exact("prompt", "instruction " + item,
                    golden.get("prompt", "token_refer_id." + item).values(), GoldenTensor.floats(prompt.instruction())));
        }
    }

    /** The official decoder's logits to scores and masks; the official code does so for the first item only. */
    private void verifyResolution() throws IOException {
        GoldenTensor logits = golden.get("mask_decoder", "final_mask_logits");
        GoldenTensor segLogits = golden.get("mask_decoder", "final_seg_logits");
        BackboneInput input = Preprocessing.backboneInput(pictures.first(), model.session().size("S"));
        int queries = logits.size(1);
        Map<String, HostTensor> feeds = new HashMap<>();
        feeds.put("mask_logits", HostTensor.floats(logits.values(), logits.shape()));
        feeds.put("seg_logits", HostTensor.floats(segLogits.values(), logits.size(0), queries));
        feeds.put("item", HostTensor.ints(new int[] { 0 }));
        feeds.put("queries", HostTensor.ints(IntStream.range(0, queries).toArray(), queries));
        feeds.put("content_size", HostTensor.ints(new int[] { input.contentHeight(), input.contentWidth() }, 2));
        feeds.put("image_size", HostTensor.ints(new int[] { height(), width() }, 2));
        Map<String, HostTensor> outputs = model.session().run(Signature.RESOLVE_MASKS, feeds,
                List.of("scores", "masks", "resized_logits"));
        float[] scores = outputs.get("scores").floats();
        int winner = golden.index("winner", queries);
        comparisons.add(Comparison.absolute("result", "scores", golden.get("result", "scores").values(), scores,
                tolerances.score()));
        comparisons.add(Comparison.exact("result", "winner", new float[] { winner }, new float[] { best(scores) }));
        int area = height() * width();
        float[] resized = Arrays.copyOfRange(outputs.get("resized_logits").floats(), winner * area, (winner + 1) * area);
        float[] official = golden.get("result", "winner_mask_logits").values();
        comparisons.add(tolerances.compare("result", "winner's logits", official, resized));
        byte[] mask = Arrays.copyOfRange(outputs.get("masks").bytes(), winner * area, (winner + 1) * area);
        comparisons.add(Comparison.share("result", "winner's mask", binary(official), GoldenTensor.floats(mask),
                tolerances.flippedPixels()));
    }

    /** From the files to the mask. */
    private void verifyWholeRun() throws IOException {
        List<Candidate> candidates = golden.isVideo() ? VideoRun.candidates(golden, model) : pictureCandidates();
        int winner = golden.index("winner", candidates.size());
        if (!tolerances.half()) {
            float[] scores = new float[candidates.size()];
            candidates.forEach(candidate -> scores[candidate.query()] = (float) candidate.score());
            comparisons.add(Comparison.absolute("end to end", "scores", golden.get("result", "scores").values(), scores,
                    tolerances.score()));
            comparisons.add(Comparison.exact("end to end", "winner", new float[] { winner },
                    new float[] { candidates.get(0).query() }));
        }
        Mask mask = candidates.stream().filter(candidate -> candidate.query() == winner).findFirst().orElseThrow().mask();
        Mask official = Mask.of(width(), height(), bits(golden.get("result", "winner_mask_logits").values()));
        double missing = 1 - mask.iou(official);
        comparisons.add(new Comparison("end to end", "1 - IoU", missing, missing, 1 - tolerances.iou()));
    }

    private List<Candidate> pictureCandidates() throws IOException {
        Instruction instruction = golden.instructions().get(0);
        return model.candidates(pictures.first(),
                model.prompts().segmentation(Medium.IMAGE, instruction.task(), instruction.sentences()));
    }

    private int height() throws IOException {
        return golden.get("result", "winner_mask_logits").size(0);
    }

    private int width() throws IOException {
        return golden.get("result", "winner_mask_logits").size(1);
    }

    private static int best(float[] scores) {
        return IntStream.range(0, scores.length).reduce((a, b) -> scores[b] > scores[a] ? b : a).orElseThrow();
    }

    private static boolean[] bits(float[] logits) {
        boolean[] bits = new boolean[logits.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = logits[i] > 0;
        }
        return bits;
    }

    private static float[] binary(float[] logits) {
        float[] values = new float[logits.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = logits[i] > 0 ? 1 : 0;
        }
        return values;
    }

    private static float[] floats(List<Integer> values) {
        return GoldenTensor.floats(values.stream().mapToInt(Integer::intValue).toArray());
    }
}
