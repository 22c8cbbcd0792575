package io.instructseg.it.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.test.junit.QuarkusTest;

/** Questions about the page's picture, in a real browser: answers arrive, and stay for the next question. */
@QuarkusTest
class ConversationTest extends PageTestBase {

    private static final String IDLE = "document.querySelectorAll('#turns [aria-busy=false]').length === ";

    /** An answer that begins, and goes on until it is not wanted any more. */
    private static final String ENDLESS_ANSWER = """
            const real = window.fetch;
            window.fetch = (url, options) => url !== 'instructseg/answers' ? real(url, options) : Promise.resolve(new Response(
              new ReadableStream({ start(body) {
                body.enqueue(new TextEncoder().encode('data: {"text": "It is"}\\n\\n'));
                options.signal.addEventListener('abort', () => {
                  window.stopped = true;
                  body.error(options.signal.reason);
                });
              } }), { headers: { 'Content-Type': 'text/event-stream' } }));""";

    @Test
    void anExamplesQuestionIsAnsweredLikeTheOfficialCodeAndAnotherFollows() throws IOException {
        JsonNode example = example("images/04.png");
        String question = example.get("question").asText();
        page.chooseExample(example.get("image").asText());
        page.await("document.querySelector('#questions button')?.textContent === " + quoted(question));
        page.find("#questions button").click();
        page.await(IDLE + 1);
        assertThat(page.texts("#turns dt")).containsExactly(question);
        assertThat(page.texts("#turns dd")).containsExactly(example.at("/official/text").asText());
        assertThat(page.find("#live").getDomProperty("textContent")).isEqualTo(example.at("/official/text").asText());

        page.find("#question").sendKeys("What else is there?", Keys.ENTER);
        page.await(IDLE + 2);
        assertThat(page.texts("#turns dt")).containsExactly(question, "What else is there?");
        assertThat(page.texts("#turns dd").get(1)).isNotBlank();

        page.find("#restart").click();
        assertThat(page.all("#turns > *")).isEmpty();
        assertThat(page.find("#restart").isEnabled()).isFalse();
    }

    @Test
    void aFirstAnswerCanBeStopped() {
        browser.driver().executeScript(ENDLESS_ANSWER);
        page.find("#question").sendKeys("What is it?", Keys.ENTER);
        page.await("document.querySelector('#turns dd')?.textContent === 'It is'");
        page.find("#restart").click();
        page.await("window.stopped");
        assertThat(page.all("#turns > *")).isEmpty();
        assertThat(page.find("#restart").isEnabled()).isFalse();
        assertThat(page.find("#question-error").getText()).isEmpty();
    }

    /** It takes the place of the one that is being answered. */
    @Test
    void anotherQuestionCanBeStopped() {
        browser.driver().executeScript(ENDLESS_ANSWER);
        page.find("#question").sendKeys("What is it?", Keys.ENTER);
        page.await("document.querySelector('#turns dd')?.textContent === 'It is'");
        page.find("#question").sendKeys(Keys.ENTER);
        page.await("window.stopped && document.querySelectorAll('#turns dd').length === 1");
        assertThat(page.find("#restart").isEnabled()).isTrue();
    }

    /** Screen readers would read a live region's answer piece by piece, and then the whole of it. */
    @Test
    void anAnswerIsAnnouncedOnce() {
        assertThat(page.all("#turns[aria-live], #turns[role], #turns [aria-live]")).isEmpty();
    }

    @Test
    void whatCannotBeAnsweredIsTold() {
        page.find("#question").clear();
        page.find("#question").sendKeys(" ", Keys.ENTER);
        page.await("document.getElementById('question-error').textContent.startsWith('question: found a blank question')");
        assertThat(page.all("#turns > *")).isEmpty();
        assertThat(browser.console()).singleElement().asString().contains("/instructseg/answers", "status of 400");
    }

    private static JsonNode example(String image) throws IOException {
        Path examples = Path.of(System.getProperty("instructseg.demo-examples"), "expected.json");
        for (JsonNode example : new ObjectMapper().readTree(examples.toFile())) {
            if (example.get("task").asText().equals("vqa") && example.get("image").asText().equals(image)) {
                return example;
            }
        }
        throw new AssertionError("found no question about " + image);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "\\'") + "'";
    }
}
