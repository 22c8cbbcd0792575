package io.instructseg.it.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.demo.DemoModel;
import io.instructseg.it.broker.Broker;
import io.instructseg.it.broker.JavaProcess;
import io.vertx.amqp.AmqpMessage;
import io.vertx.amqp.AmqpMessageBuilder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** A packaged worker and an AMQP 1.0 broker. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WorkerIT {

    private static final Path APPLICATION = Path.of(System.getProperty("instructseg.application"));
    private static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));
    private static final Path VIDEOS = Path.of(System.getProperty("instructseg.test-data"), "golden/preprocessing/video");
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static final int MESSAGES = 30;

    @TempDir
    static Path directory;
    static JsonNode example;
    static Broker broker;
    static Queues queues;
    static Queues.Received results;
    static Queues.Received deadLetters;
    static JavaProcess worker;

    @BeforeAll
    static void start() throws Exception {
        example = MAPPER.readTree(EXAMPLES.resolve("expected.json").toFile()).get(0);
        broker = Broker.artemis(Path.of(System.getProperty("instructseg.brokers")), directory.resolve("artemis"));
        queues = new Queues(broker.port());
        results = queues.receive(Queues.RESULTS);
        deadLetters = queues.receive(Queues.DEAD_LETTERS);
        DemoModel.extractTo(directory.resolve("model"));
        startWorker("first");
    }

    private static void startWorker(String name) throws Exception {
        worker = JavaProcess.start(APPLICATION.resolveSibling("workers").resolve(name + ".log"), List.of("-Xmx512m",
                "-XX:+UseSerialGC", "-Damqp-host=localhost", "-Damqp-port=" + broker.port(),
                "-Dquarkus.instructseg.model=" + directory.resolve("model"),
                "-Dquarkus.instructseg.messaging.store.directory=" + VIDEOS, "-jar",
                APPLICATION.resolve("quarkus-run.jar").toString()));
        worker.await("INSTRUCTSEG0003", Duration.ofMinutes(2));
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable each : new AutoCloseable[] { worker, queues, broker }) {
            if (each != null) {
                closing(each);
            }
        }
    }

    private static void closing(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connectors make different things of them. */
    @ParameterizedTest
    @ValueSource(strings = { "application/json", "application/octet-stream", "text" })
    void aResultIsCorrelatedToItsRequest(String type) throws Exception {
        AmqpMessageBuilder request = message(request("42").toString(), type).id("message 1").correlationId("job 7")
                .applicationProperties(new JsonObject().put("traceparent", PARENT).put("tracestate", "a=b"));
        queues.send(Queues.REQUESTS, request.build());
        AmqpMessage result = results.next();
        assertThat(result.correlationId()).isEqualTo("job 7");
        assertThat(result.contentType()).isEqualTo("application/json");
        assertThat(result.applicationProperties().getMap()).containsEntry("traceparent", PARENT)
                .containsEntry("tracestate", "a=b");
        JsonNode answer = MAPPER.readTree(result.bodyAsBinary().getBytes());
        assertThat(answer.get("id").asText()).isEqualTo("42");
        assertThat(answer.at("/segmentations/0/score").asDouble())
                .isCloseTo(example.at("/official/score").asDouble(), within(1e-4));
    }

    @Test
    void withoutACorrelationIdItIsTheMessageId() throws Exception {
        queues.send(Queues.REQUESTS, message(request("1").toString(), "application/octet-stream").id("message 2").build());
        assertThat(results.next().correlationId()).isEqualTo("message 2");
    }

    @ParameterizedTest
    @ValueSource(strings = { "text", "application/octet-stream" })
    void aBadMessageIsRejectedAndTheRestGoesOn(String type) throws Exception {
        queues.send(Queues.REQUESTS, message("{\"id\":", type).id("bad").build());
        queues.send(Queues.REQUESTS, message(request("good").toString(), type).id("good").build());
        assertThat(deadLetters.next().id()).isEqualTo("bad");
        assertThat(results.next().correlationId()).isEqualTo("good");
    }

    @Test
    void aVideosResultsAreAllCorrelatedToItsRequest() throws Exception {
        ObjectNode request = request("video");
        request.remove("image");
        request.putObject("video").put("reference", "vp8.webm");
        request.put("frames", 3);
        queues.send(Queues.REQUESTS, message(request.toString(), "application/octet-stream").id("message 3").build());
        for (int i = 0; i <= 3; i++) {
            AmqpMessage result = results.next();
            assertThat(result.correlationId()).isEqualTo("message 3");
            JsonNode answer = MAPPER.readTree(result.bodyAsBinary().getBytes());
            assertThat(answer.get("id").asText()).isEqualTo("video");
            assertThat(answer.get(i < 3 ? "index" : "frames").asInt()).isEqualTo(i);
        }
    }

    @Test
    void aBrokenVideoIsRejectedAfterItsFrames() throws Exception {
        ObjectNode request = request("broken");
        request.remove("image");
        request.putObject("video").put("reference", "truncated_data.mp4");
        request.put("stride", 13);
        queues.send(Queues.REQUESTS, message(request.toString(), "text").id("broken").build());
        for (int i = 0; i < 2; i++) {
            assertThat(MAPPER.readTree(results.next().bodyAsBinary().getBytes()).get("index").asInt()).isEqualTo(i);
        }
        assertThat(deadLetters.next().id()).isEqualTo("broken");
    }

    /** What the broker had given to the killed worker it gives to the next one: nothing was acknowledged before its result. */
    @Test
    @Order(Integer.MAX_VALUE)
    void noRequestIsLostWhenTheWorkerIsKilled() throws Exception {
        Set<String> missing = new TreeSet<>();
        for (int i = 0; i < MESSAGES; i++) {
            missing.add("m" + i);
            queues.send(Queues.REQUESTS, message(request("m" + i).toString(), "text").id("m" + i).build());
        }
        missing.remove(results.next().correlationId());
        worker.kill();
        assertThat(missing).hasSizeGreaterThan(MESSAGES / 2);
        startWorker("second");
        while (!missing.isEmpty()) {
            missing.remove(results.next().correlationId());
        }
    }

    @Test
    void aHostsOwnMethodAsksTheBean() throws Exception {
        Buffer picture = Buffer.buffer(Files.readAllBytes(EXAMPLES.resolve("images/01.png")));
        queues.send("pictures", AmqpMessage.create().withBufferAsBody(picture).build());
        BufferedImage mask = ImageIO.read(new ByteArrayInputStream(queues.receive("masks").next().bodyAsBinary().getBytes()));
        BufferedImage asked = ImageIO.read(new ByteArrayInputStream(picture.getBytes()));
        assertThat(mask.getWidth()).isEqualTo(asked.getWidth());
        assertThat(mask.getHeight()).isEqualTo(asked.getHeight());
    }

    private static ObjectNode request(String id) throws IOException {
        ObjectNode request = MAPPER.createObjectNode().put("id", id).put("image", Base64.getEncoder()
                .encodeToString(Files.readAllBytes(EXAMPLES.resolve(example.get("image").asText()))));
        request.putArray("sentences").add(example.get("sentence").asText());
        return request;
    }

    private static AmqpMessageBuilder message(String json, String type) {
        return type.equals("text") ? AmqpMessage.create().withBody(json)
                : AmqpMessage.create().withBufferAsBody(Buffer.buffer(json.getBytes(UTF_8))).contentType(type);
    }
}
