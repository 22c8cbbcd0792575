package io.instructseg.cli.benchmark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.text.Prompt;
import io.instructseg.format.ElementType;
import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;

/** Bytes of the tensors that enter and leave the stages for a picture and several sentences of one length. */
final class StageBytes {

    private final Map<String, Integer> axes;

    StageBytes(Hyperparameters sizes, Prompt prompt, RgbImage image) {
        axes = new HashMap<>(sizes.axes());
        axes.putAll(Map.of("i", 1, "n", prompt.ids().length, "r", prompt.instruction().length, "k", 1, "height",
                image.height(), "width", image.width()));
    }

    /** {@code resolve_masks} is counted with one query for each sentence. */
    long of(Signature stage, int sentences) {
        boolean ofPicture = List.of(Signature.ENCODE_VISION, Signature.ENCODE_BACKBONE, Signature.DECODE_PIXELS)
                .contains(stage);
        int items = ofPicture ? 1 : sentences;
        int runs = stage == Signature.RESOLVE_MASKS ? sentences : 1;
        return runs * (bytes(stage.inputs(), items) + bytes(stage.outputs(), items));
    }

    private long bytes(List<TensorSpec> tensors, int items) {
        long bytes = 0;
        for (TensorSpec tensor : tensors) {
            // only a video's frames are asked for these
            if (!tensor.name().equals("resized_logits")) {
                long elements = tensor.axes().stream().mapToLong(axis -> size(axis, items)).reduce(1, Math::multiplyExact);
                bytes += elements * (tensor.type() == ElementType.UINT8 ? 1 : 4);
            }
        }
        return bytes;
    }

    private long size(String axis, int items) {
        if (Character.isDigit(axis.charAt(0))) {
            return Long.parseLong(axis);
        }
        return axis.equals("b") || axis.equals("f") ? items : axes.get(axis);
    }
}
