package io.instructseg.quarkus.deployment.devui;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.StreamSupport;

import javax.imageio.ImageIO;

import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.mask.Box;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.instructseg.it.browser.Browser;
import io.quarkus.devui.tests.DevUIJsonRPCTest;
import io.quarkus.test.QuarkusDevModeTest;

/** The extension's card, metadata and pages in the Dev UI of a host without the endpoint. */
class DevUiTest {

    private static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));
    private static final Path PICTURE = EXAMPLES.resolve("images/10.png");
    private static final String SENTENCE = "something to keep the mice away";
    private static final String NAMESPACE = "quarkus-instructseg";
    private static final int PORT = freePort();
    private static final String ADDRESS = "http://localhost:" + PORT;
    private static final String TRY = ADDRESS + "/q/dev-ui/instructseg/try";

    @RegisterExtension
    static final QuarkusDevModeTest HOST = new QuarkusDevModeTest().withApplicationRoot(jar -> jar.addClass(BusyHost.class)
            .addAsResource(new StringAsset("""
                    quarkus.http.port=%d
                    quarkus.instructseg.endpoint.enabled=false
                    quarkus.instructseg."street".model=%s
                    """.formatted(PORT, damagedModel())), "application.properties"));

    @TempDir
    static Path directory;

    private static Browser browser;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start(directory).orElse(null);
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It has no tokenizer. */
    private static Path damagedModel() {
        try {
            Path model = Files.createDirectories(Path.of("target/damaged-street")).toAbsolutePath();
            Files.write(model.resolve("saved_model.pb"), new byte[0]);
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One start of the host for all. */
    @TestFactory
    List<DynamicTest> devUi() {
        return List.of(dynamicTest("models and devices over JSON-RPC", this::modelsAndDevices),
                dynamicTest("the configuration is listed with its documentation", this::configuration),
                dynamicTest("what is sent to the page's route is checked", this::route),
                dynamicTest("the card leads to the pages", this::card),
                dynamicTest("the table of models refreshes itself", this::table),
                dynamicTest("a picture and a sentence give the official code's answer", this::answer),
                dynamicTest("a picture of 8 MB is taken as it is, one beyond the limit is not sent", this::largePictures),
                dynamicTest("errors are told in words", this::errors));
    }

    private void modelsAndDevices() throws Exception {
        DevUIJsonRPCTest service = new DevUIJsonRPCTest(NAMESPACE, ADDRESS);
        JsonNode models = service.executeJsonRPCMethod("models");
        assertThat(models.findValuesAsText("name")).startsWith("<default>").contains("street");
        JsonNode model = models.get(0);
        assertThat(model.get("location").asText()).endsWith("instructseg-demo-model");
        assertThat(model.get("queueCapacity").asInt()).isEqualTo(64);
        assertThat(model.get("task").asText()).isEqualTo("referring");
        assertThat(model.at("/pictureLimit/bytes").asInt()).isEqualTo(10 << 20);
        assertThat(model.at("/pictureLimit/property").asText()).isEqualTo("quarkus.http.limits.max-body-size");
        JsonNode machine = service.executeJsonRPCMethod("machine");
        assertThat(machine.get("devices").get(0).asText()).isEqualTo("cpu:0");
        assertThat(machine.get("whyNoGpu").asText().isEmpty()).isEqualTo(machine.get("devices").toString().contains("gpu"));
    }

    private void configuration() throws Exception {
        JsonNode all = new DevUIJsonRPCTest("devui-configuration", ADDRESS).executeJsonRPCMethod("getAllConfiguration");
        List<JsonNode> ours = StreamSupport.stream(all.spliterator(), false)
                .filter(property -> property.get("name").asText().startsWith("quarkus.instructseg.")).toList();
        assertThat(ours).extracting(property -> property.get("name").asText()).contains("quarkus.instructseg.model",
                "quarkus.instructseg.queue.size", "quarkus.instructseg.tensorflow.intra-op-threads",
                "quarkus.instructseg.endpoint.enabled", "quarkus.instructseg.messaging.store.directory");
        // what the host sets for a model of its own is listed as it stands there
        assertThat(ours).filteredOn(property -> !property.get("name").asText().contains("street")).allSatisfy(
                property -> assertThat(property.path("description").asText()).as(property.toString()).hasSizeGreaterThan(20));
        assertThat(Collections
                .list(getClass().getClassLoader().getResources("META-INF/quarkus-config-doc/quarkus-config-model.json")))
                .as("what development environments read").anyMatch(model -> model.toString().contains("/runtime/"));
    }

    private void route() {
        assertThat(given().header("Origin", "http://elsewhere.example").body(new byte[1]).post(TRY).statusCode())
                .isEqualTo(403);
        assertThat(given().header("Host", "elsewhere.example").body(new byte[1]).post(TRY).statusCode()).isEqualTo(403);
        assertThat(given().get(TRY).statusCode()).isEqualTo(405);
        assertThat(given().body(new byte[1]).queryParam("model", "none").post(TRY).jsonPath().getString("detail"))
                .isEqualTo("model: found 'none', expected [<default>, street]");
        assertThat(given().post(ADDRESS + "/instructseg/segmentations").statusCode()).isEqualTo(404);
    }

    private void card() {
        open("/q/dev-ui/extensions");
        DevUiPage extensions = new DevUiPage(browser.driver(), "qwc-extensions");
        String selector = "qwc-extension[name=InstructSeg]";
        assertThat(extensions.text(selector, text -> true)).contains("Segment pictures by instruction", "TensorFlow Java");
        WebElement card = extensions.find(selector);
        assertThat(List.of("configFilter", "shortName", "status", "categories", "keywords")).extracting(card::getDomAttribute)
                .satisfiesExactly(filter -> assertThat(filter).isEqualTo("quarkus.instructseg."),
                        name -> assertThat(name).isEqualTo("instructseg"),
                        status -> assertThat(status).isEqualTo("experimental"),
                        categories -> assertThat(categories).isEqualTo("ai"),
                        keywords -> assertThat(keywords).contains("segmentation"));
        List<WebElement> links = extensions.all(selector + " qwc-extension-link");
        // a click needs the place of the link, which Selenium does not find in so many shadow trees
        browser.driver().executeScript("arguments[0].click()",
                links.get(links.size() - 1).getShadowRoot().findElement(By.cssSelector("a")));
        assertThat(new DevUiPage(browser.driver(), "qwc-instructseg-try").text("form", text -> true)).contains("Picture",
                "Sentence");
    }

    private void table() {
        open("/q/dev-ui/" + NAMESPACE + "/models");
        DevUiPage page = new DevUiPage(browser.driver(), "qwc-instructseg-models");
        assertThat(page.text("[data-model=street]", text -> text.contains("failed"))).contains("tokenizer", "damaged-street");
        String row = "[data-model='<default>']";
        assertThat(page.text(row, text -> text.contains("ready"))).contains("cpu:0", "0 of 64", "nothing");
        assertThat(page.text(".machine", text -> true)).startsWith("cpu:0");
        given().post(ADDRESS + "/busy/begin");
        page.text(row, text -> text.contains("2 of 64") && text.matches("(?s).*for [1-9]\\d*\\.\\d s.*"));
        given().post(ADDRESS + "/busy/end");
        page.text(row, text -> text.contains("0 of 64") && text.contains("nothing"));
    }

    private void answer() throws IOException {
        JsonNode official = StreamSupport
                .stream(new ObjectMapper().readTree(EXAMPLES.resolve("expected.json").toFile()).spliterator(), false)
                .filter(example -> example.path("image").asText().equals("images/10.png")
                        && example.get("sentence").asText().equals(SENTENCE))
                .findFirst().orElseThrow().get("official");
        DevUiPage page = openTry();
        page.ask(PICTURE, SENTENCE, "reasoning");
        String score = page.text(".result", text -> true).replaceAll("(?s).*score ([0-9.]+),.*", "$1");
        assertThat(Double.parseDouble(score)).isCloseTo(official.get("score").asDouble(), within(0.0006));
        assertThat(page.find(".result").getText()).startsWith("Found: “" + SENTENCE + "” (reasoning)");
        assertThat(page.all(".timings th")).extracting(WebElement::getText).contains("encode_vision", "reason",
                "resolve_masks");
        assertThat(page.all("input, select, button")).hasSize(5)
                .allSatisfy(control -> assertThat(control.getAccessibleName()).isNotBlank());
        assertPainted(page, official.at("/mask/counts").asText());
        screenshot();
    }

    private static void assertPainted(DevUiPage page, String counts) throws IOException {
        BufferedImage picture = ImageIO.read(PICTURE.toFile());
        Mask mask = new RunLengthEncoding(picture.getHeight(), picture.getWidth(), counts).decode();
        @SuppressWarnings("unchecked")
        Map<String, Number> painted = (Map<String, Number>) browser.driver().executeScript(
                "return (({x, y, width, height}) => ({x, y, width, height}))(arguments[0].getBBox())", page.find("path.mask"));
        Box box = mask.boundingBox().orElseThrow();
        assertThat(painted.get("x").intValue()).isCloseTo(box.x(), within(2));
        assertThat(painted.get("y").intValue()).isCloseTo(box.y(), within(2));
        assertThat(painted.get("width").intValue()).isCloseTo(box.width(), within(3));
        assertThat(painted.get("height").intValue()).isCloseTo(box.height(), within(3));

        assertColours(ImageIO.read(new ByteArrayInputStream(page.find("svg").getScreenshotAs(OutputType.BYTES))), picture,
                mask);
    }

    /** Away from the outline, a pixel has half the colour of the mask inside, and the picture's outside. */
    private static void assertColours(BufferedImage seen, BufferedImage picture, Mask mask) {
        double scale = Math.min((double) seen.getWidth() / picture.getWidth(), (double) seen.getHeight() / picture.getHeight());
        int compared = 0;
        for (int y = 20; y < picture.getHeight() - 20; y += 20) {
            for (int x = 20; x < picture.getWidth() - 20; x += 20) {
                boolean inside = mask.get(x, y);
                if (mask.get(x - 6, y) == inside && mask.get(x + 6, y) == inside && mask.get(x, y - 6) == inside
                        && mask.get(x, y + 6) == inside) {
                    // the picture is in the middle of its area
                    int atX = (int) ((seen.getWidth() - scale * picture.getWidth()) / 2 + scale * (x + 0.5));
                    int atY = (int) ((seen.getHeight() - scale * picture.getHeight()) / 2 + scale * (y + 0.5));
                    Color plain = new Color(picture.getRGB(x, y));
                    Color painted = new Color((plain.getRed() + 232) / 2, (plain.getGreen() + 48) / 2,
                            (plain.getBlue() + 138) / 2);
                    Color found = new Color(seen.getRGB(atX, atY));
                    assertThat(distance(found, painted) < distance(found, plain)).as("painted at %s,%s", x, y)
                            .isEqualTo(inside);
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(200);
    }

    private static int distance(Color a, Color b) {
        return Math.abs(a.getRed() - b.getRed()) + Math.abs(a.getGreen() - b.getGreen()) + Math.abs(a.getBlue() - b.getBlue());
    }

    private void largePictures() throws IOException {
        Path large = directory.resolve("large.png");
        ImageIO.write(noise(1700, 1660), "png", large.toFile());
        assertThat(Files.size(large)).isBetween(8L << 20, 10L << 20);
        DevUiPage page = openTry();
        page.ask(large, "the cat", "referring");
        assertThat(page.text(".result", text -> true)).contains("score 0.");
        assertThat(page.find("svg").getDomAttribute("viewBox")).isEqualTo("0 0 1700 1660");

        Path larger = directory.resolve("larger.png");
        try (RandomAccessFile file = new RandomAccessFile(larger.toFile(), "rw")) {
            file.setLength(11 << 20);
        }
        page.ask(larger, "the cat", "referring");
        assertThat(page.text("[role=alert]", text -> true))
                .isEqualTo("The picture has 11.0 MB, quarkus.http.limits.max-body-size allows 10.0 MB. Nothing was sent;"
                        + " raise it or take a smaller picture.");
    }

    private static BufferedImage noise(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        return image;
    }

    private void errors() throws IOException {
        DevUiPage page = openTry();
        page.ask(Files.writeString(directory.resolve("letter.png"), "Dear Sir or Madam"), "the cat", "");
        assertThat(page.text("[role=alert]", text -> true)).contains("not a picture");
        page.ask(PICTURE, " ", "");
        page.text("[role=alert]", text -> text.equals("sentences[0]: found a blank sentence, expected words"));
        page.ask(PICTURE, "x".repeat(5000), "");
        page.text("[role=alert]", text -> text.contains("quarkus.http.limits.max-initial-line-length"));
        browser.driver().executeScript("arguments[0].value = 'street'", page.find("[name=model]"));
        page.ask(PICTURE, "the cat", "");
        page.text("[role=alert]", text -> text.contains("damaged-street") && text.contains("tokenizer"));
        assertThat(page.all(".result")).isEmpty();
    }

    private static DevUiPage openTry() {
        open("/q/dev-ui/" + NAMESPACE + "/try-it");
        DevUiPage page = new DevUiPage(browser.driver(), "qwc-instructseg-try");
        page.text("form", text -> true);
        return page;
    }

    private static void open(String path) {
        assumeTrue(browser != null, "Skipped: no chromium (or google-chrome) with chromedriver on the PATH");
        browser.resize(1200, 760, "light");
        browser.driver().get(ADDRESS + path);
    }

    /** For docs/dev-ui.md; without what the Dev UI says where it can't reach Quarkus' registry. */
    private static void screenshot() throws IOException {
        if (System.getProperty("instructseg.docs.update") != null) {
            browser.resize(710, 640, "light");
            browser.driver()
                    .executeScript("document.querySelectorAll('vaadin-notification-card').forEach(card => card.remove())");
            Files.write(Path.of("../docs/images/dev-ui.png"), browser.driver().getScreenshotAs(OutputType.BYTES));
        }
    }
}
