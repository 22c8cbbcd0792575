package io.instructseg.it.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

import io.quarkus.test.junit.QuarkusTest;

/** The page in a real browser, over the real endpoint and the demo model. */
@QuarkusTest
class DemoPageTest extends PageTestBase {

    private static final DemoExample MICE = DemoExample.of("images/10.png", "something to keep the mice away");
    private static final DemoExample PHONE = DemoExample.of("images/06.png", "look for the phone in this picture");

    @Test
    void everyExampleIsAnsweredLikeTheOfficialCode() {
        Map<String, DemoExample> first = new LinkedHashMap<>();
        DemoExample.all().forEach(example -> first.putIfAbsent(example.image(), example));
        assertThat(page.all("#examples button")).hasSize(16).hasSameSizeAs(first.keySet());
        for (DemoExample example : first.values()) {
            page.chooseExample(example.image());
            assertThat(page.find("#sentences").getDomProperty("value")).isEqualTo(example.sentence());
            assertThat(page.find("[name=task]:checked").getDomProperty("value"))
                    .isEqualTo(example.task().equals("res") ? "referring" : "reasoning");
            assertAnswer(example);
        }
    }

    @Test
    void aSuggestionFillsInSentenceAndTaskAndAsks() {
        page.chooseExample(MICE.image());
        page.asking(() -> page.all("#suggestions button").stream()
                .filter(button -> button.getText().equals(MICE.sentence())).findFirst().orElseThrow().click());
        assertAnswer(MICE);
        assertThat(page.texts("#results .sentence")).containsExactly(MICE.sentence());
        assertThat(page.find("#live").getDomProperty("textContent")).contains("Found", MICE.sentence(), "0.947");
        assertThat(page.texts(".tag")).containsExactly("0.947");
        // as the command line says it, in the README
        assertThat(page.find("#results .figures").getText()).contains("8.1 % of the picture", "x 410 to 562, y 138 to 318");
    }

    @Test
    void eachLineIsASentenceWithAColourOfItsOwn() {
        page.chooseExample(MICE.image());
        page.ask("the cat", Keys.chord(Keys.SHIFT, Keys.ENTER), "the ball");
        assertThat(page.texts("#results .sentence")).containsExactly("the cat", "the ball");
        assertThat(page.all("#masks .contour")).extracting(path -> path.getCssValue("stroke")).doesNotHaveDuplicates();
        assertThat(page.contour(0)).isNotEmpty().isNotEqualTo(page.contour(1));

        page.all("#results .sentence").get(1).click();
        assertThat(page.find("#candidates-of").getText()).contains("the ball");
    }

    @Test
    void aPictureComesFromAFile() {
        page.find("#file").sendKeys(PHONE.file().getPath());
        page.await("document.getElementById('picture').naturalWidth === 320");
        assertThat(browser.driver().switchTo().activeElement()).isEqualTo(page.find("#sentences"));
        page.ask(PHONE.sentence());
        assertAnswer(PHONE);
        assertThat(page.find("#curl").getText()).contains("-F 'image=@06.png'", "--form-string 'task=referring'");
    }

    @Test
    void aPictureIsPastedOrDropped() {
        for (String event : List.of("new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})",
                "new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})")) {
            page.open(address);
            browser.driver().executeAsyncScript("""
                    const done = arguments[0];
                    fetch('examples/images/06.png').then(response => response.blob()).then(blob => {
                      const data = new DataTransfer();
                      data.items.add(new File([blob], 'mine.png', {type: 'image/png'}));
                      document.body.dispatchEvent(%s);
                      done();
                    });""".formatted(event));
            page.await("document.getElementById('picture-name').textContent === 'mine.png, 320 × 240'");
            page.ask(PHONE.sentence());
            assertAnswer(PHONE);
        }
    }

    @Test
    void candidatesAreSeenByPointingAndByChoosing() {
        page.chooseExample(MICE.image());
        String best = page.contour(0);
        List<WebElement> tiles = page.all("#strip label");
        assertThat(tiles).hasSize(12);
        List<Double> scores = tiles.stream().map(tile -> Double.valueOf(tile.getText())).toList();
        assertThat(scores).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(scores.get(0)).isEqualTo(page.score());

        new Actions(browser.driver()).moveToElement(tiles.get(2)).perform();
        assertThat(page.contour(0)).isNotEqualTo(best);
        assertThat(page.texts(".tag")).containsExactly(tiles.get(2).getText());
        new Actions(browser.driver()).moveToElement(page.find("h1")).perform();
        assertThat(page.contour(0)).isEqualTo(best);

        tiles.get(1).click();
        new Actions(browser.driver()).moveToElement(page.find("h1")).perform();
        assertThat(page.contour(0)).isNotEqualTo(best);
    }

    @Test
    void whatIsNotThereIsToldKindly() {
        page.chooseExample(MICE.image());
        page.find("#options summary").click();
        page.find("#threshold").sendKeys(Keys.END);
        assertThat(page.find("#threshold-value").getText()).isEqualTo("1.00");
        page.ask("the cat");
        assertThat(page.find("#results .kind").getText()).startsWith("Nothing here fits");
        assertThat(page.contour(0)).isEmpty();
        assertThat(page.all("#results .actions, #masks .veil, .tag")).isEmpty();
        assertThat(page.find("#live").getDomProperty("textContent")).startsWith("Not found");
    }

    @Test
    void theMaskIsDownloaded() throws IOException {
        page.chooseExample(MICE.image());
        page.find("#results .actions button").click();
        Path file = downloads.resolve("10-mask.png");
        page.await(() -> Files.exists(file), file.toString());
        BufferedImage mask = ImageIO.read(file.toFile());
        assertThat(List.of(mask.getWidth(), mask.getHeight())).containsExactly(576, 324);
    }

    @Test
    void problemsStandBesideTheirField(@TempDir Path directory) throws IOException {
        page.asking(() -> {
            page.type("");
            page.find("#run").click();
        });
        assertProblem("sentences", "#sentences-error", "#sentences");

        Path text = Files.writeString(directory.resolve("letter.png"), "Dear Sir or Madam, this is no picture.");
        page.find("#file").sendKeys(text.toString());
        page.ask("the cat");
        assertProblem("not a picture", "#image-error", "#file");
        assertThat(page.texts(".error")).filteredOn(error -> !error.isEmpty()).hasSize(1);

        page.chooseExample(MICE.image());
        page.script("document.getElementById('sentences').value = 'the cat\\n\\n' + 'x '.repeat(5000)");
        page.asking(() -> page.find("#run").click());
        assertProblem("Line 3: sentences[1]", "#sentences-error", "#sentences");

        page.chooseExample(MICE.image());
        assertThat(page.texts(".error")).containsOnly("");
        assertThat(page.all("[aria-invalid]")).isEmpty();
    }

    /** Beyond the endpoint's limit, and beyond what the server reads at all. */
    @Test
    void aFileThatIsTooLargeIsToldAtThePicture(@TempDir Path directory) throws IOException {
        for (long megabytes : List.of(33L, 49L)) {
            Path file = directory.resolve(megabytes + ".png");
            Files.write(file, Files.readAllBytes(PHONE.file().toPath()));
            try (RandomAccessFile longer = new RandomAccessFile(file.toFile(), "rw")) {
                longer.setLength(megabytes << 20);
            }
            page.find("#file").sendKeys(file.toString());
            page.ask("the phone");
            assertProblem("", "#image-error", "#file");
        }
    }

    private void assertProblem(String detail, String error, String input) {
        assertThat(page.find(error).getText()).isNotEmpty().contains(detail);
        assertThat(page.find(input).getDomAttribute("aria-invalid")).isEqualTo("true");
        assertThat(page.find(input).getDomAttribute("aria-describedby")).contains(error.substring(1));
        assertThat(page.find(error).getDomAttribute("role")).isEqualTo("alert");
        assertThat(page.find("#answers").isDisplayed()).isFalse();
        assertThat(browser.console()).singleElement().asString().contains("/instructseg/segmentations", "status of 4");
    }
}
