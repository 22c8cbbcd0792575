package io.instructseg.cli.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import io.instructseg.engine.session.HostTensor;

/** What the official code fed into its stages, as our signatures take it. */
final class StageInputs {

    private static final double[] MEAN = { 123.675, 116.28, 103.53 };
    private static final double[] DEVIATION = { 58.395, 57.12, 57.375 };

    private final GoldenCase golden;
    private final CasePictures pictures;

    StageInputs(GoldenCase golden, CasePictures pictures) {
        this.golden = golden;
        this.pictures = pictures;
    }

    boolean haveClipPixels() throws IOException {
        return golden.holds("preprocess", "images_clip");
    }

    boolean haveBackbonePixels() throws IOException {
        return golden.holds("preprocess", "images")
                || golden.holds("preprocess", "image_rgb_u8_resized", "padding_mask");
    }

    /**
     * SigLIP's bytes {@code [b, s, s, 3]}: recovered from the normalised input, or from the files where it was not recorded.
     */
    HostTensor clipPixels() throws IOException {
        if (!haveClipPixels()) {
            return pictures.clipPixels();
        }
        GoldenTensor images = golden.get("preprocess", "images_clip").channelsLast();
        return HostTensor.bytes(clipBytes(images), images.shape());
    }

    /** SigLIP's bytes, recovered from the normalised picture. */
    static byte[] clipBytes(GoldenTensor image) {
        byte[] bytes = new byte[image.values().length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round((image.values()[i] * 0.5 + 0.5) * 255);
        }
        return bytes;
    }

    /**
     * The backbone's padded bytes: recovered from the normalised input, padded from the resized picture, or from the files
     * where neither was recorded.
     */
    HostTensor backbonePixels() throws IOException {
        if (!haveBackbonePixels()) {
            return pictures.backbonePixels();
        }
        if (golden.find("preprocess", "images").isEmpty()) {
            return pad(golden.get("preprocess", "image_rgb_u8_resized"), golden.get("preprocess", "padding_mask").size(1));
        }
        GoldenTensor images = golden.get("preprocess", "images").channelsLast();
        byte[] bytes = new byte[images.values().length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(images.values()[i] * DEVIATION[i % 3] + MEAN[i % 3]);
        }
        return HostTensor.bytes(bytes, images.shape());
    }

    private static HostTensor pad(GoldenTensor image, int side) {
        byte[] bytes = new byte[side * side * 3];
        Arrays.fill(bytes, (byte) 128);
        int row = image.size(1) * 3;
        for (int i = 0; i < image.values().length; i++) {
            bytes[i / row * side * 3 + i % row] = (byte) image.values()[i];
        }
        return HostTensor.bytes(bytes, 1, side, side, 3);
    }

    HostTensor floats(String stage, String name, long... shape) throws IOException {
        GoldenTensor tensor = golden.get(stage, name);
        return HostTensor.floats(tensor.values(), shape.length == 0 ? tensor.shape() : shape);
    }

    /** Patches of what is segmented. */
    HostTensor patches() throws IOException {
        GoldenTensor all = golden.get("siglip", "projected");
        return tensor(golden.isVideo() ? all.items(0, 1) : all);
    }

    /** Patches of what the perceiver sees: the same, or the references where there are any. */
    HostTensor referencePatches() throws IOException {
        GoldenTensor all = golden.get("siglip", "projected");
        return golden.isVideo() && all.size(0) > 1 ? tensor(all.items(1, all.size(0))) : tensor(all);
    }

    private static HostTensor tensor(GoldenTensor tensor) {
        return HostTensor.floats(tensor.values(), tensor.shape());
    }

    /** A feature map, channels-last. */
    HostTensor map(String stage, String name) throws IOException {
        GoldenTensor map = golden.get(stage, name).channelsLast();
        return HostTensor.floats(map.values(), map.shape());
    }

    HostTensor promptIds() throws IOException {
        GoldenTensor ids = golden.get("prompt", "input_ids");
        return HostTensor.ints(ids.ints(), ids.shape());
    }

    HostTensor promptLengths() throws IOException {
        GoldenTensor ids = golden.get("prompt", "input_ids");
        int[] lengths = new int[ids.size(0)];
        Arrays.fill(lengths, ids.size(1));
        return HostTensor.ints(lengths, lengths.length);
    }

    /** The instruction for each row of the perceiver: of a video, for each reference. */
    private List<int[]> perceiverInstructions() throws IOException {
        int references = golden.get("siglip", "projected").size(0) - 1;
        return golden.isVideo() ? Collections.nCopies(Math.max(1, references), instructions().get(0)) : instructions();
    }

    HostTensor perceiverIds() throws IOException {
        return ids(perceiverInstructions());
    }

    HostTensor perceiverLengths() throws IOException {
        return lengths(perceiverInstructions());
    }

    /** The instruction of each item. */
    List<int[]> instructions() throws IOException {
        List<int[]> instructions = new ArrayList<>();
        for (int item = 0; item < golden.get("prompt", "input_ids").size(0); item++) {
            instructions.add(golden.get("prompt", "token_refer_id." + item).ints());
        }
        return instructions;
    }

    HostTensor instructionIds() throws IOException {
        return ids(instructions());
    }

    /** Padded on the right with ids that no tokenizer has. */
    private static HostTensor ids(List<int[]> instructions) {
        int longest = longest(instructions);
        int[] ids = new int[instructions.size() * longest];
        Arrays.fill(ids, Integer.MAX_VALUE);
        for (int item = 0; item < instructions.size(); item++) {
            System.arraycopy(instructions.get(item), 0, ids, item * longest, instructions.get(item).length);
        }
        return HostTensor.ints(ids, instructions.size(), longest);
    }

    HostTensor instructionLengths() throws IOException {
        return lengths(instructions());
    }

    private static HostTensor lengths(List<int[]> instructions) {
        int[] lengths = instructions.stream().mapToInt(ids -> ids.length).toArray();
        return HostTensor.ints(lengths, lengths.length);
    }

    /** Hidden states of the instructions, without their mean, padded on the right with NaN. */
    HostTensor instructionStates() throws IOException {
        List<int[]> instructions = instructions();
        int longest = longest(instructions);
        int width = golden.get("fusion", "mean_and_tokens.0").size(1);
        float[] states = new float[instructions.size() * longest * width];
        Arrays.fill(states, Float.NaN);
        for (int item = 0; item < instructions.size(); item++) {
            float[] own = golden.get("fusion", "mean_and_tokens." + item).values();
            System.arraycopy(own, width, states, item * longest * width, own.length - width);
        }
        return HostTensor.floats(states, instructions.size(), longest, width);
    }

    private static int longest(List<int[]> instructions) {
        return instructions.stream().mapToInt(ids -> ids.length).max().orElseThrow();
    }
}
