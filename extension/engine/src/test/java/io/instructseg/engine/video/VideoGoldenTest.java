package io.instructseg.engine.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.image.RgbImage;

/** Every video of the goldens against what FFmpeg 5.1 decoded. */
class VideoGoldenTest {

    /** The up-sampling of chroma is not standardised: the README's tolerance. */
    private static final double RGB_MEAN_DIFFERENCE = 6;
    /** Ours is that of the goldens, but for those that they turned before it. */
    private static final double RGB_MEAN_DIFFERENCE_UPRIGHT = 0.1;

    static List<String> decodable() {
        return VideoGoldens.decodable().toList();
    }

    @ParameterizedTest
    @MethodSource("decodable")
    void planesAndTimestampsAreExact(String name) throws IOException {
        JsonNode golden = VideoGoldens.golden(name);
        List<String> planes = new ArrayList<>();
        List<Long> pts = new ArrayList<>();
        boolean damaged = false;
        try (VideoDecoder decoder = VideoGoldens.open(name)) {
            for (Optional<AVFrame> frame = decoder.nextDecoded(); frame.isPresent(); frame = decoder.nextDecoded()) {
                planes.add(VideoGoldens.sha256(VideoGoldens.planes(frame.get())));
                pts.add(VideoDecoder.ticks(frame.get()));
            }
        } catch (VideoException e) {
            assertThat(e.kind()).isEqualTo(VideoException.Kind.DAMAGED);
            damaged = true;
        }
        assertThat(planes).isEqualTo(texts(golden.get("sha256_planes")));
        assertThat(pts).isEqualTo(golden.get("pts").valueStream().map(JsonNode::asLong).toList());
        assertThat(damaged).isEqualTo(name.startsWith("truncated"));
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    @ParameterizedTest
    @MethodSource("decodable")
    void framesComeUprightInOrderWithTheirTimes(String name) throws IOException {
        JsonNode golden = VideoGoldens.golden(name);
        List<Frame> frames;
        try (VideoDecoder decoder = VideoGoldens.open(name)) {
            frames = VideoGoldens.frames(decoder);
        }
        assertThat(frames).hasSize(golden.get("frames").asInt());
        for (Frame frame : frames) {
            assertThat(frame.index()).isEqualTo(frames.indexOf(frame));
            assertThat(frame.time().toNanos() * 1e-9).isCloseTo(golden.get("pts_seconds").get(frame.index()).asDouble(),
                    within(1e-6));
            assertThat(frame.image().width()).isEqualTo(golden.get("displayed_size").get(0).asInt());
            assertThat(frame.image().height()).isEqualTo(golden.get("displayed_size").get(1).asInt());
        }
        for (Map.Entry<String, JsonNode> picture : golden.get("png").properties()) {
            RgbImage expected = ImageDecoder.decode(VideoGoldens.file(picture.getValue().asText()), ImageLimits.DEFAULT)
                    .image();
            RgbImage found = frames.get(Integer.parseInt(picture.getKey())).image();
            assertThat(VideoGoldens.meanDifference(found, expected)).isLessThan(
                    golden.get("stream").has("rotation") ? RGB_MEAN_DIFFERENCE : RGB_MEAN_DIFFERENCE_UPRIGHT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "truncated_no_index.mp4" })
    void whatFFmpegCannotOpenIsDamaged(String name) {
        assertThatThrownBy(() -> VideoGoldens.open(name)).isInstanceOfSatisfying(VideoException.class,
                e -> assertThat(e.kind()).isEqualTo(VideoException.Kind.DAMAGED)).hasMessageContaining("moov atom not found");
    }

    @Test
    void everythingIsClosed() {
        assertThat(FileInput.openCount()).isZero();
    }
}
