package io.instructseg.it.demo;

import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page as somebody in front of it has it. */
final class DemoPage {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ChromeDriver driver;

    DemoPage(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Opens the page; its first example is in place then. */
    DemoPage open(URL address) {
        driver.get(address.toString());
        await("document.querySelector('#examples [aria-pressed=true]') && document.getElementById('picture').naturalWidth > 0");
        return this;
    }

    WebElement find(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    List<WebElement> all(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    List<String> texts(String css) {
        return all(css).stream().map(WebElement::getText).toList();
    }

    Object script(String expression) {
        return driver.executeScript("return " + expression);
    }

    /** Waits until an expression is true. */
    void await(String expression) {
        await(() -> Boolean.TRUE.equals(script("Boolean(" + expression + ")")), expression);
    }

    void await(BooleanSupplier condition, String description) {
        new WebDriverWait(driver, PATIENCE, Duration.ofMillis(50)).withMessage(description)
                .until(ignored -> condition.getAsBoolean());
    }

    /** Does what asks the model, and waits for what comes of it: answers or errors. */
    void asking(Runnable action) {
        driver.executeScript("document.querySelectorAll('#results, .error').forEach(former => former.replaceChildren())");
        action.run();
        await("!document.body.matches('.busy') && (document.querySelector('#results li')"
                + " || [...document.querySelectorAll('.error')].some(error => error.textContent))");
    }

    void type(CharSequence... sentence) {
        find("#sentences").clear();
        find("#sentences").sendKeys(sentence);
    }

    void ask(CharSequence... sentence) {
        type(sentence);
        asking(() -> find("#sentences").sendKeys(Keys.ENTER));
    }

    /** Chooses an example and waits for the answer to its first sentence. */
    void chooseExample(String image) {
        asking(() -> find("[data-image='" + image + "']").click());
    }

    double score() {
        return Double.parseDouble(find("#results .score").getText());
    }

    /** The outline that is painted for an answer. */
    String contour(int answer) {
        return all("#masks .contour").get(answer).getDomAttribute("d");
    }
}
