package io.instructseg.it.kafka;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.VideoOptions;
import io.instructseg.engine.VideoSegmentation;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameDirectory;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.VideoDecoder;
import io.instructseg.engine.video.VideoLimits;
import io.instructseg.engine.video.VideoWriter;

/** The first of the demo model's example videos, as a file. */
final class ExampleVideo {

    private static final Duration FRAME = Duration.ofMillis(40);

    private final JsonNode example;
    private final Path file;

    /** Writes it. */
    ExampleVideo(Path file) throws IOException {
        this.example = Requests.example("rvos");
        this.file = file;
        Path folder = Requests.EXAMPLES.resolve(example.at("/frames/0").asText()).getParent();
        try (FrameDirectory frames = FrameDirectory.open(folder, FRAME, VideoLimits.DEFAULT, FrameSelection.ALL);
                VideoWriter writer = VideoWriter.create(file)) {
            for (Optional<Frame> frame = frames.next(); frame.isPresent(); frame = frames.next()) {
                writer.write(frame.get().image(), frame.get().time());
            }
            writer.finish();
        }
    }

    /** Each frame's best mask, whatever its score. */
    ObjectNode request(String id, String reference) {
        ObjectNode request = Requests.MAPPER.createObjectNode().put("id", id).put("task", "referring").put("threshold", 0);
        request.putArray("sentences").add(sentence());
        request.putObject("video").put("reference", reference);
        return request;
    }

    private String sentence() {
        return example.get("sentence").asText();
    }

    /** Of the official code, about the frames before they were a video. */
    List<Mask> officialMasks() {
        List<Mask> masks = new ArrayList<>();
        example.at("/official/masks").forEach(mask -> masks.add(mask(mask)));
        return masks;
    }

    /** From its run lengths. */
    static Mask mask(JsonNode rle) {
        return new RunLengthEncoding(rle.at("/size/0").asInt(), rle.at("/size/1").asInt(), rle.get("counts").asText())
                .decode();
    }

    /** What the engine says in this JVM. */
    List<FrameSegmentation> answers(Path directory) throws IOException {
        List<FrameSegmentation> answers = new ArrayList<>();
        try (SegmentationModel model = SegmentationModel.load(directory);
                VideoSegmentation video = model.segment(
                        VideoDecoder.open(file, VideoLimits.DEFAULT, FrameSelection.ALL),
                        List.of(Instruction.referring(sentence())), VideoOptions.DEFAULT, CancellationToken.NONE)) {
            for (Optional<FrameSegmentation> frame = video.next(); frame.isPresent(); frame = video.next()) {
                answers.add(frame.get());
            }
        }
        return answers;
    }
}
