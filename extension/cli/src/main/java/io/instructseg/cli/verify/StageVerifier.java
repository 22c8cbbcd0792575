package io.instructseg.cli.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.format.Signature;

/** Feeds each stage with the official stage's input and compares all that both sides name. */
final class StageVerifier {

    /** Of a normalised pixel, absolute: the goldens' recommendation. */
    private static final double NORMALISATION = 1e-6;

    private final GoldenCase golden;
    private final StageInputs inputs;
    private final ModelSession session;
    private final Tolerances tolerances;
    private final List<Comparison> comparisons;

    /** @param comparisons takes what is compared */
    StageVerifier(GoldenCase golden, ModelSession session, Tolerances tolerances, List<Comparison> comparisons) {
        this.comparisons = comparisons;
        this.golden = golden;
        this.inputs = new StageInputs(golden, new CasePictures(golden, session));
        this.session = session;
        this.tolerances = tolerances;
    }

    /** All stages whose official input the case holds. */
    void verify() throws IOException {
        boolean instructions = golden.holds("prompt", "input_ids", "token_refer_id.0");
        boolean patches = golden.holds("siglip", "projected");
        if (inputs.haveClipPixels() || golden.isVideo()) {
            Map<String, HostTensor> pixels = Map.of("pixels", inputs.clipPixels());
            verifyNormalisation(Signature.ENCODE_VISION, "images_clip", pixels);
            verify("siglip", Signature.ENCODE_VISION, pixels);
        }
        if (inputs.haveBackbonePixels() || golden.isVideo()) {
            Map<String, HostTensor> pixels = Map.of("pixels", inputs.backbonePixels());
            verifyNormalisation(Signature.ENCODE_BACKBONE, "images", pixels);
            verify("swin", Signature.ENCODE_BACKBONE, pixels);
        }
        if (golden.holds("swin", "res2", "res3", "res4", "res5")) {
            verify("pixel_decoder", Signature.DECODE_PIXELS, Map.of("res2", inputs.map("swin", "res2"), "res3",
                    inputs.map("swin", "res3"), "res4", inputs.map("swin", "res4"), "res5", inputs.map("swin", "res5")));
        }
        if (instructions && patches) {
            verify("ovp", Signature.PERCEIVE, Map.of("patches", inputs.referencePatches(), "instruction_ids",
                    inputs.perceiverIds(), "instruction_lengths", inputs.perceiverLengths()));
        }
        if (instructions && patches && golden.holds("ovp", "out")) {
            verifyLanguageModel();
        }
        if (instructions && golden.holds("fusion", "mean_and_tokens.0") && golden.holds("swin", "res5")) {
            verifyFusion();
        }
        if (golden.holds("pixel_decoder", "mask_features", "multi_scale.0", "multi_scale.1", "multi_scale.2")
                && golden.holds("mask_decoder", "seg_query_raw") && golden.holds("fusion", "E_v")) {
            verifyMaskDecoder();
        }
    }

    private void verifyNormalisation(Signature signature, String name, Map<String, HostTensor> pixels)
            throws IOException {
        Optional<GoldenTensor> expected = golden.find("preprocess", name);
        if (expected.isPresent() && session.has(signature, name)) {
            float[] own = session.run(signature, pixels, List.of(name)).get(name).floats();
            comparisons.add(Comparison.absolute("preprocess", name, expected.get().channelsLast().values(), own,
                    NORMALISATION));
        }
    }

    /** Tensors of the same names; feature maps are channels-first in PyTorch. */
    private void verify(String stage, Signature signature, Map<String, HostTensor> feeds) throws IOException {
        Map<String, String> tensors = new LinkedHashMap<>();
        for (String name : new TreeSet<>(golden.names(stage))) {
            tensors.put(name, name.replace("multi_scale.", "features_"));
        }
        tensors.values().removeIf(name -> !session.has(signature, name));
        if (tensors.isEmpty()) {
            return;
        }
        Map<String, HostTensor> outputs = session.run(signature, feeds, tensors.values());
        for (Map.Entry<String, String> entry : tensors.entrySet()) {
            GoldenTensor expected = golden.get(stage, entry.getKey());
            boolean map = expected.shape().length == 4 && !entry.getKey().startsWith("layer.")
                    && !entry.getKey().equals("deform.value") && !entry.getKey().equals("out");
            compare(stage, entry.getKey(), map ? expected.channelsLast() : expected, outputs.get(entry.getValue()));
        }
    }

    private void verifyLanguageModel() throws IOException {
        GoldenTensor perceived = golden.get("ovp", "out");
        long items = inputs.instructions().size();
        long width = perceived.size(3);
        Map<String, HostTensor> feeds = Map.of("prompt_ids", inputs.promptIds(), "prompt_lengths", inputs.promptLengths(),
                "instruction_ids", inputs.instructionIds(), "instruction_lengths", inputs.instructionLengths(), "patches",
                inputs.patches(), "perceived",
                inputs.floats("ovp", "out", items * perceived.size(1), perceived.size(2), width));
        List<String> names = new ArrayList<>(new TreeSet<>(golden.names("phi")));
        names.add("inputs_embeds");
        // ours has the positions only that are asked for: compared as states below
        names.remove("last_hidden_state");
        names.removeIf(name -> !session.has(Signature.REASON, name));
        List<String> outputs = new ArrayList<>(names);
        outputs.addAll(List.of("instruction_states", "query_states"));
        Map<String, HostTensor> states = session.run(Signature.REASON, feeds, outputs);
        for (String name : names) {
            Optional<GoldenTensor> expected = golden.find(name.equals("inputs_embeds") ? "prompt" : "phi", name);
            if (expected.isPresent()) {
                compareUnpadded(name, expected.get(), states.get(name).floats());
            }
        }
        Optional<GoldenTensor> queries = golden.find("mask_decoder", "seg_query_raw");
        if (queries.isPresent()) {
            compare("phi", "query states", queries.get(), states.get("query_states"));
        }
        compareInstructions(states.get("instruction_states"));
    }

    /** What the attention mask leaves out is padding, where anything may stand. */
    private void compareUnpadded(String name, GoldenTensor expected, float[] actual) throws IOException {
        float[] mask = new float[expected.size(0) * expected.size(1)];
        Arrays.fill(mask, 1);
        if (golden.holds("prompt", "attention_mask")) {
            mask = golden.get("prompt", "attention_mask").values();
        }
        int width = expected.size(2);
        float[] wanted = expected.values().clone();
        float[] found = actual.clone();
        for (int i = 0; i < Math.min(wanted.length, found.length); i++) {
            if (mask[i / width] == 0) {
                wanted[i] = 0;
                found[i] = 0;
            }
        }
        comparisons.add(tolerances.compare("phi", name, wanted, found));
    }

    private void compareInstructions(HostTensor states) throws IOException {
        int longest = (int) states.shape()[1];
        int width = (int) states.shape()[2];
        float[] all = states.floats();
        for (int item = 0; golden.holds("fusion", "mean_and_tokens." + item); item++) {
            GoldenTensor expected = golden.get("fusion", "mean_and_tokens." + item);
            int tokens = expected.size(0) - 1;
            GoldenTensor own = new GoldenTensor(new long[] { states.shape()[0] * longest, width }, all).rows(item * longest,
                    item * longest + tokens);
            comparisons.add(tolerances.compare("phi", "instruction states " + item, expected.rows(1, tokens + 1).values(),
                    own.values()));
        }
    }

    private void verifyFusion() throws IOException {
        Map<String, HostTensor> feeds = Map.of("instruction_states", inputs.instructionStates(), "instruction_lengths",
                inputs.instructionLengths(), "res5", inputs.map("swin", "res5"));
        List<String> perItem = new ArrayList<>(List.of("origin", "text", "vmtf.out"));
        for (int layer = 0; golden.find("fusion", "vmtf.layer." + layer + ".0").isPresent(); layer++) {
            perItem.add("vmtf.layer." + layer);
        }
        perItem.removeIf(name -> !session.has(Signature.FUSE, name));
        List<String> outputs = new ArrayList<>(perItem);
        outputs.add("score_embedding");
        Map<String, HostTensor> fused = session.run(Signature.FUSE, feeds, outputs);
        for (String name : perItem) {
            for (int item = 0; golden.find("fusion", name + "." + item).isPresent(); item++) {
                // of the official latents, only the first row, the mean's, is ever read
                GoldenTensor expected = golden.get("fusion", name + "." + item).rows(0, 1);
                GoldenTensor own = new GoldenTensor(expected.shape(), fused.get(name).floats()).rows(item, item + 1);
                comparisons.add(tolerances.compare("fusion", name + " " + item, expected.values(), own.values()));
            }
        }
        Optional<GoldenTensor> embedding = golden.find("fusion", "E_v");
        if (embedding.isPresent()) {
            compare("fusion", "E_v", embedding.get(), fused.get("score_embedding"));
        }
    }

    private void verifyMaskDecoder() throws IOException {
        GoldenTensor embedding = golden.get("fusion", "E_v");
        Map<String, HostTensor> feeds = Map.of("query_states", inputs.floats("mask_decoder", "seg_query_raw"),
                "score_embedding", inputs.floats("fusion", "E_v", embedding.size(0), embedding.size(2)), "mask_features",
                inputs.map("pixel_decoder", "mask_features"), "features_0", inputs.map("pixel_decoder", "multi_scale.0"),
                "features_1", inputs.map("pixel_decoder", "multi_scale.1"), "features_2",
                inputs.map("pixel_decoder", "multi_scale.2"));
        Map<String, String> tensors = new LinkedHashMap<>();
        for (String name : new TreeSet<>(golden.names("mask_decoder"))) {
            tensors.put(name, name.replace("final_", ""));
        }
        tensors.values().removeIf(name -> !session.has(Signature.DECODE_MASKS, name) || name.equals("query_states"));
        if (tensors.isEmpty()) {
            return;
        }
        Map<String, HostTensor> outputs = session.run(Signature.DECODE_MASKS, feeds, tensors.values());
        int steady = tolerances.half() ? steadyLayers(outputs) : Integer.MAX_VALUE;
        for (Map.Entry<String, String> entry : tensors.entrySet()) {
            GoldenTensor expected = golden.get("mask_decoder", entry.getKey());
            boolean sequenceFirst = entry.getKey().matches("layer\\.\\d+\\.(cross|self)|prediction\\.\\d+\\.query|memory.*");
            if (entry.getKey().contains("attn_mask") || masksRead(entry.getKey()) <= steady) {
                compare("mask_decoder", entry.getKey(), sequenceFirst ? expected.batchFirst() : expected,
                        outputs.get(entry.getValue()));
            }
        }
    }

    /**
     * Layers of the mask decoder up to the first whose attention mask differs by a bit. Behind a flipped bit a query,
     * and by self-attention all queries, go another way, which no roundoff bounds: there only the flipped bits are
     * counted.
     */
    private int steadyLayers(Map<String, HostTensor> outputs) throws IOException {
        int layer = 0;
        while (outputs.containsKey(maskOf(layer))) {
            if (!Arrays.equals(GoldenTensor.floats(outputs.get(maskOf(layer)).bytes()),
                    golden.get("mask_decoder", maskOf(layer)).values())) {
                return layer;
            }
            layer++;
        }
        return Integer.MAX_VALUE;
    }

    private static String maskOf(int layer) {
        return "layer." + layer + ".attn_mask_used";
    }

    /** How many layers' attention masks a tensor of the mask decoder depends on. */
    private static int masksRead(String tensor) {
        Matcher numbered = Pattern.compile("(layer|prediction)\\.(\\d{1,4})\\..+").matcher(tensor);
        if (numbered.matches()) {
            return Integer.parseInt(numbered.group(2)) + (numbered.group(1).equals("layer") ? 1 : 0);
        }
        return tensor.startsWith("final_") ? Integer.MAX_VALUE : 0;
    }

    private void compare(String stage, String name, GoldenTensor expected, HostTensor actual) {
        if (name.contains("attn_mask")) {
            comparisons.add(Comparison.share(stage, name, expected.values(), GoldenTensor.floats(actual.bytes()),
                    tolerances.flippedBits()));
        } else {
            comparisons.add(tolerances.compare(stage, name, expected.values(), forEachItem(expected, actual)));
        }
    }

    /** Positions are the same for all pictures: ours have no batch axis, the official ones are repeated along it. */
    private static float[] forEachItem(GoldenTensor expected, HostTensor actual) {
        float[] own = actual.floats();
        boolean shared = expected.shape().length > 0 && own.length * expected.shape()[0] == expected.values().length;
        if (!shared) {
            return own;
        }
        float[] repeated = new float[expected.values().length];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = own[i % own.length];
        }
        return repeated;
    }
}
