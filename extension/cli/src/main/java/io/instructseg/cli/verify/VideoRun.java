package io.instructseg.cli.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Candidate;
import io.instructseg.engine.Candidates;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.VideoOptions;
import io.instructseg.engine.VideoSegmentation;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.engine.video.VideoException;

/** The answer about a case's key frame, from the video that it is in. */
final class VideoRun {

    private VideoRun() {
    }

    /** The candidates of all queries by falling score. */
    static List<Candidate> candidates(GoldenCase golden, SegmentationModel model) throws IOException {
        VideoOptions options = new VideoOptions(new SegmentationOptions(Candidates.ALL, 0),
                Optional.of(golden.referenceChoice()), false);
        int key = golden.key();
        try (VideoSegmentation video = model.segment(new PictureFiles(golden.frames()), golden.instructions(), options,
                CancellationToken.NONE)) {
            FrameSegmentation answer = video.next().orElseThrow();
            while (answer.frame().index() < key) {
                answer = video.next().orElseThrow();
            }
            return answer.segmentations().get(0).candidates();
        }
    }

    /** Decodes a picture when it is asked for. */
    private static final class PictureFiles implements FrameSource {

        private final List<Path> files;
        private int index;

        PictureFiles(List<Path> files) {
            this.files = files;
        }

        @Override
        public Optional<Frame> next() throws VideoException {
            if (index == files.size()) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Frame(index, Duration.ofSeconds(index),
                        ImageDecoder.decode(files.get(index++), ImageLimits.DEFAULT).image()));
            } catch (IOException e) {
                throw new VideoException(VideoException.Kind.DAMAGED, e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            // no file stays open
        }
    }
}
