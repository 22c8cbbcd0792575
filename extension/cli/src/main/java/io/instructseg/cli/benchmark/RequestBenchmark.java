package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;

/**
 * Answers requests of changing sizes, one after the other, and watches the process' memory: the first third may let it grow,
 * what grows behind that is a leak.
 */
public record RequestBenchmark(int requests, Watcher watcher) {

    private static final int READINGS = 30;
    private static final List<String> SENTENCES = List.of("the dog", "the thing on the left",
            "the small red one behind the box");

    /** @throws IOException if the system does not tell the process' memory */
    public RequestReport run(SegmentationModel model, Conditions conditions) throws IOException {
        List<Long> readings = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < requests; i++) {
            watcher.update("requests", i, requests);
            model.segment(picture(i), sentences(i), SegmentationOptions.DEFAULT, CancellationToken.NONE);
            // the n-th reading is behind n thirtieths of the requests
            if ((long) (i + 1) * READINGS / requests > (long) i * READINGS / requests) {
                readings.add(ResidentMemory.afterCollecting());
            }
        }
        return RequestReport.of(conditions, requests, (System.nanoTime() - start) * 1e-9, readings);
    }

    /** Five sizes in turn. */
    private static DecodedImage picture(int request) {
        int width = 160 + 60 * (request % 5);
        int height = 240 - 30 * (request % 5);
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i / 7 + request);
        }
        return new DecodedImage(new RgbImage(width, height, pixels), false);
    }

    /** One to three of them, so that with the sizes each combination comes. */
    private static List<Instruction> sentences(int request) {
        return IntStream.rangeClosed(0, request % SENTENCES.size()).mapToObj(SENTENCES::get).map(Instruction::referring)
                .toList();
    }
}
