package io.instructseg.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.instructseg.engine.image.BackboneInput;
import io.instructseg.engine.image.Preprocessing;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.engine.text.Prompt;
import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;

/** A video's frame the way the official script does it: everything anew for each frame and each sentence. */
final class OfficialVideo {

    private final ModelSession session;
    private final List<RgbImage> images;

    OfficialVideo(ModelSession session, List<RgbImage> images) {
        this.session = session;
        this.images = images;
    }

    /** Scores of all queries. */
    float[] scores(int key, List<Integer> references, Prompt prompt) {
        Map<String, HostTensor> known = new HashMap<>();
        known.put("pixels", clip(references));
        int count = references.size();
        known.put("instruction_ids", rows(Collections.nCopies(count, prompt.instruction())));
        known.put("instruction_lengths", ints(Collections.nCopies(count, prompt.instruction().length)));
        run(Signature.ENCODE_VISION, known);
        run(Signature.PERCEIVE, known);
        known.put("pixels", clip(List.of(key)));
        run(Signature.ENCODE_VISION, known);
        BackboneInput input = Preprocessing.backboneInput(images.get(key), session.size("S"));
        known.put("pixels", bytes(List.of(input.image())));
        run(Signature.ENCODE_BACKBONE, known);
        run(Signature.DECODE_PIXELS, known);
        known.put("instruction_ids", rows(List.of(prompt.instruction())));
        known.put("instruction_lengths", ints(List.of(prompt.instruction().length)));
        known.put("prompt_ids", rows(List.of(prompt.ids())));
        known.put("prompt_lengths", ints(List.of(prompt.ids().length)));
        run(Signature.REASON, known);
        run(Signature.FUSE, known);
        run(Signature.DECODE_MASKS, known);
        known.put("item", HostTensor.ints(new int[1]));
        known.put("queries", ints(IntStream.range(0, session.size("Q")).boxed().toList()));
        known.put("content_size", ints(List.of(input.contentHeight(), input.contentWidth())));
        known.put("image_size", ints(List.of(images.get(key).height(), images.get(key).width())));
        run(Signature.RESOLVE_MASKS, known);
        return known.get("scores").floats();
    }

    private void run(Signature stage, Map<String, HostTensor> known) {
        Map<String, HostTensor> inputs = new HashMap<>();
        stage.inputs().forEach(input -> inputs.put(input.name(), known.get(input.name())));
        known.putAll(session.run(stage, inputs, stage.outputs().stream().map(TensorSpec::name).toList()));
    }

    private HostTensor clip(List<Integer> frames) {
        return bytes(frames.stream().map(frame -> Preprocessing.siglipInput(images.get(frame), session.size("CLIP")))
                .toList());
    }

    private static HostTensor bytes(List<RgbImage> pictures) {
        int size = pictures.get(0).pixels().length;
        byte[] all = new byte[pictures.size() * size];
        for (int i = 0; i < pictures.size(); i++) {
            System.arraycopy(pictures.get(i).pixels(), 0, all, i * size, size);
        }
        return HostTensor.bytes(all, pictures.size(), pictures.get(0).height(), pictures.get(0).width(), 3);
    }

    private static HostTensor rows(List<int[]> rows) {
        List<Integer> all = new ArrayList<>();
        rows.forEach(row -> IntStream.of(row).forEach(all::add));
        return HostTensor.ints(all.stream().mapToInt(Integer::intValue).toArray(), rows.size(), rows.get(0).length);
    }

    private static HostTensor ints(List<Integer> values) {
        return HostTensor.ints(values.stream().mapToInt(Integer::intValue).toArray(), values.size());
    }
}
