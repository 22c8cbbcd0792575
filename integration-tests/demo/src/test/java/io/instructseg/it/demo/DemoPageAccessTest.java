package io.instructseg.it.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

import io.quarkus.test.junit.QuarkusTest;

/** The page for everybody: by keyboard, on a phone, in the dark, for screen readers, and before the model is ready. */
@QuarkusTest
class DemoPageAccessTest extends PageTestBase {

    private static final DemoExample MICE = DemoExample.of("images/10.png", "something to keep the mice away");

    @Test
    void aKeyboardIsEnough() {
        press(Keys.TAB, Keys.ENTER);
        assertThat(focused()).isEqualTo(page.find("#sentences"));
        pressWith(Keys.CONTROL, "a");
        page.asking(() -> press(MICE.sentence(), Keys.ENTER));
        assertThat(page.texts("#results .sentence")).containsExactly(MICE.sentence());

        // back to the examples, which are one stop, and to the first of them
        for (int i = 0; i < 5 && !inExamples(); i++) {
            pressWith(Keys.SHIFT, Keys.TAB);
        }
        assertThat(inExamples()).isTrue();
        press(Keys.HOME, Keys.ARROW_RIGHT);
        assertThat(focused().getDomAttribute("data-image")).isEqualTo("images/02.png");
        page.asking(() -> press(Keys.ENTER));
        assertAnswer(DemoExample.of("images/02.png", "An animal that drinks milk and hates water."));

        // on to the file and to the candidates
        press(Keys.TAB);
        assertThat(focused()).isEqualTo(page.find("#file"));
        press(Keys.TAB);
        assertThat(focused().getDomAttribute("name")).isEqualTo("candidate");
        String best = page.contour(0);
        press(Keys.ARROW_RIGHT);
        assertThat(page.contour(0)).isNotEqualTo(best);
    }

    private WebElement focused() {
        return browser.driver().switchTo().activeElement();
    }

    private boolean inExamples() {
        return (Boolean) page.script("document.activeElement.closest('#examples') !== null");
    }

    private void pressWith(Keys modifier, CharSequence key) {
        new Actions(browser.driver()).keyDown(modifier).sendKeys(key).keyUp(modifier).perform();
    }

    private void press(CharSequence... keys) {
        new Actions(browser.driver()).sendKeys(keys).perform();
    }

    @Test
    void narrowAndWideWindowsScrollInOneDirectionOnly() {
        for (int width : List.of(320, 390, 768, 1024, 1920)) {
            browser.resize(width, 700, "dark");
            page.open(address).chooseExample(MICE.image());
            page.ask("the cat and a word of " + "x".repeat(60), Keys.chord(Keys.SHIFT, Keys.ENTER), "the ball");
            page.all("summary").forEach(WebElement::click);
            assertThat(page.script("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                    .as("at " + width).isEqualTo(0L);
        }
    }

    @Test
    void everythingHasANameAndIdsAreUnique() {
        page.chooseExample(MICE.image());
        page.ask("the cat", Keys.chord(Keys.SHIFT, Keys.ENTER), "the ball");
        page.all("summary").forEach(WebElement::click);
        assertThat(all("input, textarea")).isNotEmpty()
                .allSatisfy(input -> assertThat(input.getAccessibleName()).as(input.toString()).isNotBlank());
        assertThat(all("button, a, summary")).isNotEmpty()
                .allSatisfy(control -> assertThat(control.getAccessibleName()).as(control.toString()).isNotBlank());
        assertThat(all("img")).allSatisfy(image -> assertThat(image.getDomAttribute("alt")).isNotBlank());
        assertThat(all("[id]")).extracting(element -> element.getDomAttribute("id")).doesNotHaveDuplicates();
        assertThat(all("h1, main, header, footer")).hasSize(4);
        assertThat(page.find("html").getDomAttribute("lang")).isEqualTo("en");
        assertThat(page.script("[...document.querySelectorAll('[aria-describedby], [aria-labelledby]')].flatMap(element => "
                + "`${element.getAttribute('aria-describedby') ?? ''} ${element.getAttribute('aria-labelledby') ?? ''}`.trim()"
                + ".split(/ +/)).filter(id => !document.getElementById(id))")).isEqualTo(List.of());
    }

    private List<WebElement> all(String css) {
        return page.all(css);
    }

    /** WCAG 2, level AA: 4.5 to 1 for text. */
    @Test
    void textStandsOutInLightAndDark() {
        for (String colours : List.of("light", "dark")) {
            browser.resize(1360, 900, colours);
            page.open(address).chooseExample(MICE.image());
            page.all("summary").forEach(WebElement::click);
            assertThat((List<?>) browser.driver().executeScript(LOW_CONTRAST)).as(colours).isEmpty();
            browser.driver().executeScript("document.querySelector('h1').style.color = 'rgb(115, 115, 115)'");
            assertThat((List<?>) browser.driver().executeScript(LOW_CONTRAST)).as("the check itself").hasSize(1);
        }
    }

    /** Texts whose colour is too near to the one that is painted below them. */
    private static final String LOW_CONTRAST = """
            const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
              .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const ground = element => {
              const colour = rgb(getComputedStyle(element).backgroundColor);
              return colour.length === 3 || colour[3] === 1 ? colour : ground(element.parentElement);
            };
            const texts = [...document.querySelectorAll('body *')].filter(element => element.checkVisibility()
              && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
            return texts.map(element => {
              const [a, b] = [light(rgb(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
              return [(a + 0.05) / (b + 0.05), element.textContent.trim()];
            }).filter(([contrast]) => contrast < 4.5).map(String);""";

    @Test
    void whileTheModelLoadsThePageSaysSoAndKeepsTheQuestion() {
        Object script = browser.driver()
                .executeCdpCommand("Page.addScriptToEvaluateOnNewDocument",
                        Map.of("source",
                                """
                                        window.state = 'loading';
                                        const real = window.fetch;
                                        window.fetch = (url, options) => url !== 'q/health/ready' ? real(url, options) : Promise.resolve(new Response(
                                          JSON.stringify({status: state === 'ready' ? 'UP' : 'DOWN', checks: [{name: 'InstructSeg model',
                                            status: state === 'ready' ? 'UP' : 'DOWN', data: {state, reason: state === 'failed' ? 'no weights' : undefined}}]}),
                                          {status: state === 'ready' ? 200 : 503}));"""))
                .get("identifier");
        try {
            page.open(address);
            page.await("document.getElementById('model-state').textContent === 'Model is loading'");
            assertThat(page.find("#loading progress").isDisplayed()).isTrue();
            assertThat(page.find("#loading-text").getText()).startsWith("Step 1 of 2");
            page.find("#run").click();
            assertThat(page.find("#run").getText()).isEqualTo("Waiting for the model…");

            page.script("window.state = 'warming'");
            page.await("document.getElementById('loading-text').textContent.startsWith('Step 2 of 2')");
            page.asking(() -> page.script("window.state = 'ready'"));
            assertThat(page.find("#loading").isDisplayed()).isFalse();
            assertThat(page.contour(0)).isNotEmpty();

            page.open(address).script("window.state = 'failed'");
            page.await("document.getElementById('model-state').textContent === 'Model failed'");
            assertThat(page.find("#loading-text").getText()).contains("no weights");
            page.asking(() -> page.find("#run").click());
            assertThat(page.find("#form-error").getText()).contains("no weights");
        } finally {
            browser.driver().executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", script));
        }
    }
}
