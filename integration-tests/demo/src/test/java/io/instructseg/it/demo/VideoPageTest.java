package io.instructseg.it.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

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
    void anExampleIsPaintedFrameByFrameAndPlays() throws Exception {
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
        List<JsonNode> answers = answers();
        for (int frame = 0; frame < FRAMES; frame++) {
            browser.driver()
                    .executeScript("const position = document.getElementById('position'); position.value = arguments[0];"
                            + "position.dispatchEvent(new Event('input'))", frame);
            page.await("!document.getElementById('video').seeking");
            assertThat(((Number) page.script("document.getElementById('video').currentTime")).doubleValue())
                    .isCloseTo(frame * 0.2, within(0.01));
            assertPainted(frame, answers.get(frame));
            // compressed, the frames are not quite the official ones
            assertThat(answers.get(frame).get("score").asDouble()).isCloseTo(official.at("/scores/" + frame).asDouble(),
                    within(0.05));
        }
    }

    private void assertPainted(int frame, JsonNode answer) {
        assertThat(page.find("#frame").getText()).isEqualTo("Frame %d at %.2f s, score %.3f".formatted(frame + 1, frame * 0.2,
                answer.get("score").asDouble()));
        @SuppressWarnings("unchecked")
        Map<String, Number> painted = (Map<String, Number>) page.script(
                "(({x, y, width, height}) => ({x, y, width, height}))(document.querySelector('#masks .contour').getBBox())");
        for (String side : List.of("x", "y", "width", "height")) {
            assertThat(painted.get(side).doubleValue()).isEqualTo(answer.at("/mask/box/" + side).asDouble());
        }
    }

    /** What the endpoint answers about the same file. */
    private List<JsonNode> answers() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        byte[] video = client.send(HttpRequest.newBuilder(address.toURI().resolve("/examples/videos/1.mp4")).build(),
                BodyHandlers.ofByteArray()).body();
        URI ask = address.toURI().resolve("/instructseg/videos?sentences=" + SENTENCE.replace(" ", "%20"));
        List<JsonNode> answers = new ArrayList<>();
        for (String line : client.send(HttpRequest.newBuilder(ask).header("Content-Type", "video/mp4")
                .POST(BodyPublishers.ofByteArray(video)).build(), BodyHandlers.ofString()).body().split("\n")) {
            answers.add(new ObjectMapper().readTree(line).at("/segmentations/0"));
        }
        return answers;
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
