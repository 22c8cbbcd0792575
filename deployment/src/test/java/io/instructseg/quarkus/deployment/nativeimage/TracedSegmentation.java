package io.instructseg.quarkus.deployment.nativeimage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.instructseg.demo.DemoModel;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;

/** A program that loads a model, segments a picture and frees the model. */
final class TracedSegmentation {

    private TracedSegmentation() {
    }

    /** @param arguments an empty directory for the model, the picture, the sentence */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        DemoModel.extractTo(directory);
        try (SegmentationModel model = SegmentationModel.load(directory)) {
            Segmentation answer = model.segment(ImageDecoder.decode(Path.of(arguments[1]), ImageLimits.DEFAULT),
                    List.of(Instruction.referring(arguments[2])), SegmentationOptions.DEFAULT, () -> false).get(0);
            System.out.printf("area %d overlay %d%n", answer.area(), answer.overlay().length);
        }
    }
}
