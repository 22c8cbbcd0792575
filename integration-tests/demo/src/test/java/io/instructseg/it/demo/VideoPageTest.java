package io.instructseg.it.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.mask.Box;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.quarkus.test.junit.QuarkusTest;

/** The page of videos in a real browser: masks arrive, are painted over their frames, and follow the video. */
@QuarkusTest
class VideoPageTest extends PageTestBase {

    private static final String SENTENCE = "the thing coming closer";
    private static final int FRAMES = 8;
    private static final String ENDED = "document.getElementById('progress').textContent === '8 frames.'";

    @BeforeEach
    void openVideos() {
        page.find("nav a[href='video.html']").click();
        page.await(
                "document.querySelector('#examples [aria-pressed=true]') && document.getElementById('video').readyState >= 2");
    }

    @Test
    void anExampleIsPaintedFrameByFrameAndPlays() throws IOException {
        assertThat(page.all("#examples button")).hasSize(4);
        page.find("#sentence").clear();
        page.find("#sentence").sendKeys(SENTENCE);
        page.find("#run").click();
        page.await(ENDED);
        page.await("!document.getElementById('video').paused");
        // round and round: masks follow
        page.await("document.getElementById('masks').dataset.frame === '6'");
        page.await("document.getElementById('masks').dataset.frame === '2'");
        page.find("#play").click();
        JsonNode official = official();
        for (int frame = 0; frame < FRAMES; frame++) {
            browser.driver()
                    .executeScript("const position = document.getElementById('position'); position.value = arguments[0];"
                            + "position.dispatchEvent(new Event('input'))", frame);
            page.await("!document.getElementById('video').seeking");
            assertThat(((Number) page.script("document.getElementById('video').currentTime")).doubleValue())
                    .isCloseTo(frame * 0.2, within(0.01));
            assertFrame(frame, official);
        }
    }

    /** The file that the page sends is compressed: answers are near the official ones about the frames before. */
    private void assertFrame(int frame, JsonNode official) {
        assertThat(page.find("#frame").getText()).startsWith("Frame " + (frame + 1) + " at ");
        String[] words = page.find("#frame").getText().split(" ");
        assertThat(Double.parseDouble(words[words.length - 1])).isCloseTo(official.at("/scores/" + frame).asDouble(),
                within(0.05));
        @SuppressWarnings("unchecked")
        Map<String, Number> painted = (Map<String, Number>) page.script(
                "(({x, y, width, height}) => ({x, y, width, height}))(document.querySelector('#masks .contour').getBBox())");
        JsonNode rle = official.at("/masks/" + frame);
        Box box = new RunLengthEncoding(rle.at("/size/0").asInt(), rle.at("/size/1").asInt(), rle.get("counts").asText())
                .decode().boundingBox().orElseThrow();
        assertThat(painted.get("x").intValue()).isCloseTo(box.x(), within(8));
        assertThat(painted.get("y").intValue()).isCloseTo(box.y(), within(8));
        assertThat(painted.get("width").intValue()).isCloseTo(box.width(), within(12));
        assertThat(painted.get("height").intValue()).isCloseTo(box.height(), within(12));
    }

    private static JsonNode official() throws IOException {
        Path examples = Path.of(System.getProperty("instructseg.demo-examples"), "expected.json");
        for (JsonNode example : new ObjectMapper().readTree(examples.toFile())) {
            if (example.path("sentence").asText().equals(SENTENCE)) {
                return example.get("official");
            }
        }
        throw new AssertionError("found no example of: " + SENTENCE);
    }

    @Test
    void whatIsNoVideoIsTold(@TempDir Path folder) throws IOException {
        page.find("#file").sendKeys(Files.writeString(folder.resolve("a.mp4"), "no video").toString());
        page.find("#sentence").sendKeys("a dog");
        page.find("#run").click();
        page.await("document.getElementById('error').textContent.startsWith('video: ')");
        assertThat(page.all("#masks path")).isEmpty();
        assertThat(browser.console()).allMatch(message -> message.contains(" 415 "));
        assertThat(List.of(page.find("#play").getText())).containsExactly("Play");
    }
}
