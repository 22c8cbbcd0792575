package io.instructseg.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.Safetensors;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.format.Precision;
import io.instructseg.format.Signature;

/**
 * The official code's greedy answers, {@code text/generation.safetensors} of a golden model: prefill and decode, given the
 * official words one by one. In half precision the logits are compared, not which is the largest: a random model's are closer
 * than their rounding.
 */
record TextGoldens(ModelSession session, Precision precision, Path file) {

    /** A test of each prompt; none if the golden model has no texts. */
    Stream<DynamicTest> tests() {
        return Files.exists(file) ? Stream.of("vqa_0", "vqa_1", "vqa_2", "vqa_3", "text_only")
                .map(prompt -> DynamicTest.dynamicTest(prompt, () -> compare(prompt))) : Stream.empty();
    }

    private void compare(String prompt) throws IOException {
        try (Checkpoint golden = Safetensors.openFile(file)) {
            int[] words = ints(golden, prompt + ".output_ids");
            float[] logits = floats(golden, prompt + ".logits");
            int compared = precision == Precision.FLOAT32 ? words.length : logits.length / session.size("V");
            Map<String, HostTensor> cache = new HashMap<>(prefill(golden, prompt));
            List<Comparison> comparisons = new ArrayList<>();
            for (int step = 0; step < compared; step++) {
                float[] own = cache.get("logits").floats();
                if (step < logits.length / own.length) {
                    comparisons.add(Tolerances.of(precision).compare("words", "logits " + step,
                            Arrays.copyOfRange(logits, step * own.length, (step + 1) * own.length), own));
                }
                if (precision == Precision.FLOAT32) {
                    assertThat(best(own)).as("word " + step).isEqualTo(words[step]);
                }
                cache.putAll(decode(cache, words[step]));
            }
            assertThat(comparisons).hasSize(3).allMatch(Comparison::passes);
        }
    }

    private Map<String, HostTensor> prefill(Checkpoint golden, String prompt) throws IOException {
        int[] ids = ints(golden, prompt + ".input_ids");
        HostTensor none = HostTensor.ints(new int[1], 1);
        Map<String, HostTensor> cache = new HashMap<>(session.run(Signature.PREFILL,
                Map.of("prompt_ids", HostTensor.ints(ids, 1, ids.length), "prompt_lengths",
                        HostTensor.ints(new int[] { ids.length }, 1), "instruction_ids", HostTensor.ints(new int[1], 1, 1),
                        "instruction_lengths", none, "patches", patches(golden, prompt), "perceived",
                        zeros(1, session.size("L"), session.size("D"))),
                List.of("logits", "prefix_keys", "prefix_values")));
        HostTensor empty = zeros(session.size("N"), 1, session.size("A"), 0, session.size("E"));
        cache.put("keys", empty);
        cache.put("values", empty);
        return cache;
    }

    private Map<String, HostTensor> decode(Map<String, HostTensor> cache, int word) {
        Map<String, HostTensor> inputs = new HashMap<>(cache);
        inputs.remove("logits");
        inputs.put("token_ids", HostTensor.ints(new int[] { word }, 1, 1));
        return session.run(Signature.DECODE, inputs, List.of("logits", "keys", "values"));
    }

    /** Of the official pixels: normalised, channels first. */
    private HostTensor patches(Checkpoint golden, String prompt) throws IOException {
        if (!golden.tensors().containsKey(prompt + ".images_clip")) {
            return zeros(1, session.size("P"), session.size("D"));
        }
        int side = session.size("CLIP");
        float[] normalised = new GoldenTensor(new long[] { 1, 3, side, side }, floats(golden, prompt + ".images_clip"))
                .channelsLast().values();
        byte[] pixels = new byte[normalised.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.round((normalised[i] + 1) * 127.5);
        }
        return session.run(Signature.ENCODE_VISION, Map.of("pixels", HostTensor.bytes(pixels, 1, side, side, 3)),
                List.of("patches")).get("patches");
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int word = 1; word < logits.length; word++) {
            best = logits[word] > logits[best] ? word : best;
        }
        return best;
    }

    private static HostTensor zeros(long... shape) {
        return HostTensor.floats(new float[Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact))], shape);
    }

    private static float[] floats(Checkpoint golden, String name) throws IOException {
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(golden.tensors().get(name).elements()));
        golden.readFloat32(name, values::put);
        return values.array();
    }

    private static int[] ints(Checkpoint golden, String name) throws IOException {
        return LongStream.of(golden.readIntegers(name)).mapToInt(Math::toIntExact).toArray();
    }
}
