package io.instructseg.it.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URL;
import java.nio.file.Path;
import java.util.Map;

import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import io.instructseg.engine.mask.Box;
import io.instructseg.it.browser.Browser;
import io.quarkus.test.common.http.TestHTTPResource;

/** A page in a real browser; skipped, and said so, on a machine without one. */
abstract class PageTestBase {

    private static final String NO_BROWSER = "The demo page's tests are skipped: no chromium (or google-chrome) with"
            + " chromedriver on the PATH";

    @TempDir
    static Path downloads;

    static Browser browser;

    @TestHTTPResource("/")
    URL address;

    DemoPage page;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start(downloads).orElse(null);
        if (browser == null) {
            // a build's output has the number of skipped tests only
            Logger.getLogger(PageTestBase.class).warn(NO_BROWSER);
        }
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void openPage() {
        assumeTrue(browser != null, NO_BROWSER);
        browser.resize(1360, 900, "light");
        page = new DemoPage(browser.driver()).open(address);
        page.await("document.getElementById('model-pill').dataset.state === 'ready'");
        // while the model loads, the browser logs each 503 of the readiness
        assertThat(browser.console()).allMatch(message -> message.contains("/q/health/ready"));
    }

    /** Includes violations of the content security policy. */
    @AfterEach
    void nothingElseInTheConsole() {
        if (browser != null) {
            assertThat(browser.console()).isEmpty();
        }
    }

    void assertAnswer(DemoExample example) {
        // shown with three digits
        assertThat(page.score()).as(example.sentence()).isCloseTo(example.score(), within(0.0006));
        assertThat(page.contour(0)).startsWith("M").endsWith("Z");
        @SuppressWarnings("unchecked")
        Map<String, Number> painted = (Map<String, Number>) page
                .script("(({x, y, width, height}) => ({x, y, width, height}))(document.querySelector('#masks .contour').getBBox())");
        Box box = example.mask().boundingBox().orElseThrow();
        assertThat(painted.get("x").intValue()).isCloseTo(box.x(), within(2));
        assertThat(painted.get("y").intValue()).isCloseTo(box.y(), within(2));
        assertThat(painted.get("width").intValue()).isCloseTo(box.width(), within(3));
        assertThat(painted.get("height").intValue()).isCloseTo(box.height(), within(3));
    }
}
