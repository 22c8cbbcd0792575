package io.instructseg.it.browser;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium, if this machine has one with its driver. Nothing is downloaded. */
public final class Browser implements AutoCloseable {

    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final List<String> DRIVERS = List.of("chromedriver");

    /** Warns of every browser that is newer than Selenium; kept, for loggers are collected. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    private final ChromeDriver driver;

    private Browser(File browser, File driver, Path downloads) {
        ChromeOptions options = new ChromeOptions().setBinary(browser);
        // Chromium's sandbox refuses root, which containers are; /dev/shm is small there
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu");
        options.setExperimentalOption("prefs", Map.of("download.default_directory", downloads.toString()));
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        SELENIUM.setLevel(Level.SEVERE);
        this.driver = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(driver).build(), options);
    }

    /** @return empty if there is no browser or no driver for it */
    public static Optional<Browser> start(Path downloads) {
        return onPath(BROWSERS).flatMap(browser -> onPath(DRIVERS).map(driver -> new Browser(browser, driver, downloads)));
    }

    private static Optional<File> onPath(List<String> names) {
        String[] directories = System.getenv("PATH").split(File.pathSeparator);
        return names.stream().flatMap(name -> Stream.of(directories).map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable).map(Path::toFile).findFirst();
    }

    public ChromeDriver driver() {
        return driver;
    }

    /** A window of that size in CSS pixels, also below the least that a desktop's window has. */
    public void resize(int width, int height, String colours) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colours),
                        // what is scrolled into view can be clicked at once
                        Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    /** What the console says since it was last asked. */
    public List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream().map(LogEntry::getMessage).toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
