package io.instructseg.quarkus.deployment.devui;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.SearchContext;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** A page of the Dev UI in a browser: an element with a shadow tree. */
final class DevUiPage {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ChromeDriver driver;
    private final String element;

    DevUiPage(ChromeDriver driver, String element) {
        this.driver = driver;
        this.element = element;
        await("return document.querySelector('" + element + "')?.shadowRoot?.querySelector('*')", Boolean.class::isInstance);
    }

    private SearchContext root() {
        return driver.findElement(By.cssSelector(element)).getShadowRoot();
    }

    WebElement find(String css) {
        return root().findElement(By.cssSelector(css));
    }

    List<WebElement> all(String css) {
        return root().findElements(By.cssSelector(css));
    }

    /** The text of an element once it is as expected; it may be rendered anew at any time, so a script reads it at once. */
    String text(String css, Predicate<String> expected) {
        return (String) await("return document.querySelector('" + element + "').shadowRoot.querySelector(\"" + css
                + "\")?.innerText", text -> text instanceof String words && expected.test(words));
    }

    private Object await(String script, Predicate<Object> expected) {
        return Awaitility.await(script).atMost(PATIENCE).pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsInstanceOf(JavascriptException.class)
                .until(() -> asBoolean(driver.executeScript(script)), expected);
    }

    /** A found element is no text. */
    private static Object asBoolean(Object found) {
        return found instanceof WebElement ? Boolean.TRUE : found;
    }

    /** As somebody with a keyboard does it. */
    void ask(Path picture, String sentence, String task) {
        find("[name=picture]").sendKeys(picture.toAbsolutePath().toString());
        driver.executeScript("arguments[0].value = arguments[1]", find("[name=task]"), task);
        find("[name=sentence]").clear();
        find("[name=sentence]").sendKeys(sentence, Keys.ENTER);
    }
}
