package io.instructseg.engine.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

class ReferenceFramesTest {

    private static final Path OFFICIAL = Path.of(System.getProperty("instructseg.test-data"),
            "golden/preprocessing/reference_frames.json");

    /** In videos where that has references for all key frames: those with more frames than references. */
    @Test
    void areTheOfficialOnes() throws IOException {
        int checked = 0;
        for (JsonNode row : new ObjectMapper().readTree(OFFICIAL.toFile()).get("rows")) {
            int length = row.get(0).intValue();
            int count = row.get(1).intValue();
            int key = row.get(2).intValue();
            List<Integer> official = StreamSupport.stream(row.get(3).spliterator(), false).map(JsonNode::intValue).toList();
            if (length > count) {
                assertThat(row.get(4).booleanValue()).isTrue();
                assertThat(ReferenceFrames.around(count).of(key, length)).as("%s", row)
                        .isEqualTo(official.isEmpty() ? List.of(key) : official);
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(700);
    }

    @Test
    void ofAShortVideoAreAllOthers() {
        for (int count = 1; count <= 7; count++) {
            for (int length = 2; length <= count; length++) {
                for (int key = 0; key < length; key++) {
                    int own = key;
                    assertThat(ReferenceFrames.around(count).of(key, length))
                            .isEqualTo(IntStream.range(0, length).filter(frame -> frame != own).boxed().toList());
                }
            }
            assertThat(ReferenceFrames.around(count).of(0, 1)).containsExactly(0);
        }
    }

    /** A stream's length is not known before its end. */
    @Test
    void areKnownBeforeTheEndIs() {
        for (int count = 0; count <= 7; count++) {
            ReferenceFrames references = ReferenceFrames.around(count);
            for (int length = 1; length <= 20; length++) {
                for (int key = 0; key < length; key++) {
                    int read = Math.min(length, references.lastNeeded(key) + 1);
                    assertThat(references.of(key, read)).isEqualTo(references.of(key, length))
                            .allMatch(frame -> frame < read).first().asInstanceOf(
                                    InstanceOfAssertFactories.INTEGER)
                            .isGreaterThanOrEqualTo(references.firstNeeded(key));
                }
            }
        }
    }

    @Test
    void ofALiveStreamArePast() {
        ReferenceFrames references = ReferenceFrames.past(3);
        assertThat(references.of(0, 1)).containsExactly(0);
        assertThat(references.of(1, 2)).containsExactly(0);
        assertThat(references.of(3, 4)).containsExactly(0, 1, 2);
        assertThat(references.of(9, 20)).containsExactly(6, 7, 8);
        assertThat(references.lastNeeded(9)).isEqualTo(9);
        assertThat(references.firstNeeded(9)).isEqualTo(6);
        assertThat(ReferenceFrames.past(0).of(5, 9)).containsExactly(5);
    }

    @ParameterizedTest
    @ValueSource(ints = { -1, 65, Integer.MAX_VALUE })
    void areOfAReasonableNumber(int count) {
        assertThatIllegalArgumentException().isThrownBy(() -> ReferenceFrames.around(count))
                .withMessage("reference frames: found " + count + ", expected 0 to 64");
    }
}
