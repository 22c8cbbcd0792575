package io.instructseg.it.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.demo.DemoModel;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.mask.Mask;
import io.instructseg.format.Signature;
import io.instructseg.it.broker.Broker;
import io.instructseg.it.broker.JavaProcess;

/** Two packaged workers in one consumer group, and a broker: three JVMs. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WorkersIT {

    private static final Path APPLICATION = Path.of(System.getProperty("instructseg.application"));
    private static final Path LOGS = APPLICATION.resolveSibling("workers");
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final int MESSAGES = 500;

    @TempDir
    static Path directory;
    static Broker broker;
    static Topics topics;
    static Requests requests;
    static ExampleVideo video;
    static final List<JavaProcess> WORKERS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        broker = Broker.kafka(Path.of(System.getProperty("instructseg.brokers")), directory.resolve("kafka"));
        topics = new Topics(broker.port());
        requests = new Requests();
        DemoModel.extractTo(directory.resolve("model"));
        video = new ExampleVideo(fillStore().resolve("videos/1.mp4"));
        WORKERS.add(worker("first"));
        WORKERS.add(worker("second"));
        for (JavaProcess worker : WORKERS) {
            worker.await("INSTRUCTSEG0003", Duration.ofMinutes(2));
        }
    }

    /** A broken video is a good one's beginning. */
    private static Path fillStore() throws IOException {
        Path store = directory.resolve("store");
        Path videos = Files.createDirectories(store.resolve("videos"));
        Path images = Files.createDirectories(store.resolve("images"));
        Files.copy(Path.of(System.getProperty("instructseg.test-data"), "golden/preprocessing/video/truncated_data.mp4"),
                videos.resolve("broken.mp4"));
        try (Stream<Path> pictures = Files.list(Requests.EXAMPLES.resolve("images"))) {
            for (Path picture : pictures.toList()) {
                Files.copy(picture, images.resolve(picture.getFileName()));
            }
        }
        return store;
    }

    /** A group notices a lost member soon, for the test's sake. */
    private static JavaProcess worker(String name) throws IOException {
        String requests = "-Dmp.messaging.incoming.instructseg-requests.";
        return JavaProcess.start(LOGS.resolve(name + ".log"), List.of("-Xmx512m", "-XX:+UseSerialGC",
                "-Dkafka.bootstrap.servers=localhost:" + broker.port(),
                "-Dquarkus.instructseg.model=" + directory.resolve("model"),
                "-Dquarkus.instructseg.messaging.store.directory=" + directory.resolve("store"),
                requests + "session.timeout.ms=6000", requests + "heartbeat.interval.ms=1000",
                "-jar", APPLICATION.resolve("quarkus-run.jar").toString()));
    }

    @AfterAll
    static void stop() throws Exception {
        for (JavaProcess worker : WORKERS) {
            worker.close();
        }
        if (topics != null) {
            topics.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    @Order(1)
    void aResultHasItsRequestsIdKeyAndHeaders() throws Exception {
        topics.request("camera 7", bytes(requests.request(0, "one")), Map.of("traceparent", PARENT, "tracestate", "a=b",
                "baggage", "tenant=7", "reply-to", "me", "content-type", "text/plain"));
        Map<String, ConsumerRecord<String, byte[]>> results = results(1, "one");
        ConsumerRecord<String, byte[]> result = results.get("one");
        assertThat(result.key()).isEqualTo("camera 7");
        assertThat(result.headers().toArray()).extracting(Header::key).doesNotHaveDuplicates();
        Map<String, String> headers = headers(result);
        assertThat(headers.remove("traceparent")).startsWith("00-" + TRACE).isNotEqualTo(PARENT);
        assertThat(headers).isEqualTo(Map.of("tracestate", "a=b", "baggage", "tenant=7", "reply-to", "me", "content-type",
                "application/json"));
        JsonNode answer = Requests.MAPPER.readTree(result.value());
        assertThat(answer.fieldNames()).toIterable().containsExactly("id", "image", "segmentations");
        assertThat(answer.at("/segmentations/0/score").asDouble()).isCloseTo(requests.score(0), within(1e-4));
    }

    @Test
    @Order(2)
    void theStagesAreInTheTraceOfTheMessage() {
        for (Signature stage : Signature.required()) {
            Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> WORKERS.stream().map(JavaProcess::output)
                    .anyMatch(log -> log.contains("span of " + TRACE + ": instructseg " + stage.key())));
        }
    }

    @Test
    @Order(3)
    void badMessagesGoToTheDeadLettersWithTheReasonAndTheRestGoesOn() throws Exception {
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("not json", "not valid JSON");
        bad.put("[]", "body: found an array, expected an object");
        bad.put(json(request("no sentence").set("sentences", Requests.MAPPER.createArrayNode())), "sentences: found none");
        bad.put(json(request("a wrong task").put("task", "drawing")), "task: found 'drawing', expected 'referring' or");
        bad.put(json(request("an unknown field").put("prompt", "a dog")),
                "prompt: found an unknown field, expected id, video and its");
        bad.put(json(request("damaged").put("image", "bm8gcGljdHVyZQ==")), "image: ");
        bad.put(json(reference("images/99.png")), "image.reference: found no file 'images/99.png' in the store");
        bad.put(json(reference("../pom.xml")), "image.reference: found what is no relative path");
        bad.forEach((message, reason) -> topics.request("k", message.getBytes(UTF_8), Map.of("traceparent", PARENT)));
        topics.request("k", bytes(requests.request(1, "after bad ones")), Map.of());

        assertThat(results(1, "after bad ones")).hasSize(1);
        Map<String, Map<String, String>> dead = new LinkedHashMap<>();
        topics.read(Topics.DEAD_LETTERS, letter -> dead.put(new String(letter.value(), UTF_8), headers(letter)),
                () -> dead.size() == bad.size(), Duration.ofMinutes(1));
        assertThat(dead.keySet()).containsExactlyInAnyOrderElementsOf(bad.keySet());
        bad.forEach((message, reason) -> assertThat(dead.get(message).get("dead-letter-reason")).contains(reason));
        assertThat(dead.values()).allSatisfy(headers -> assertThat(headers.get("traceparent")).contains(TRACE));
    }

    private static ObjectNode request(String id) throws IOException {
        return requests.request(0, id);
    }

    private static ObjectNode reference(String reference) throws IOException {
        ObjectNode request = requests.request(1, reference);
        request.putObject("image").put("reference", reference);
        return request;
    }

    /** The same again if it is asked again. */
    @Test
    @Order(4)
    void aVideoIsAnsweredFrameByFrameAndThenSummedUp() throws Exception {
        String trace = TRACE.replace('0', '1');
        Map<String, String> headers = Map.of("traceparent", PARENT.replace(TRACE, trace), "reply-to", "me");
        topics.request("camera 9", bytes(video.request("video", "videos/1.mp4")), headers);
        List<FrameSegmentation> expected = video.answers(directory.resolve("model"));
        List<Mask> official = video.officialMasks();
        List<ConsumerRecord<String, byte[]>> messages = messages("video", expected.size() + 1);
        for (int i = 0; i < expected.size(); i++) {
            JsonNode answer = Requests.MAPPER.readTree(messages.get(i).value());
            assertThat(answer.fieldNames()).toIterable().containsExactly("id", "index", "time", "segmentations");
            assertThat(answer.get("index").asInt()).isEqualTo(i);
            assertThat(answer.get("time").asDouble()).isCloseTo(i * 0.04, within(1e-6));
            Segmentation segmentation = expected.get(i).segmentations().get(0);
            assertThat(answer.at("/segmentations/0/score").asDouble()).isCloseTo(segmentation.score(), within(1e-4));
            Mask mask = ExampleVideo.mask(answer.at("/segmentations/0/mask/rle"));
            assertThat(mask.iou(segmentation.mask())).isGreaterThan(0.999);
            // the file is not quite what the official code saw
            assertThat(mask.iou(official.get(i))).isGreaterThan(0.95);
        }
        assertThat(new String(messages.get(expected.size()).value(), UTF_8))
                .isEqualTo("{\"id\":\"video\",\"frames\":" + expected.size() + "}");
        assertThat(messages).allSatisfy(message -> {
            assertThat(message.key()).isEqualTo("camera 9");
            assertThat(headers(message)).containsEntry("reply-to", "me").containsEntry("content-type", "application/json");
            assertThat(headers(message).get("traceparent")).startsWith("00-" + trace);
        });
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> WORKERS.stream().map(JavaProcess::output)
                .anyMatch(log -> log.contains("span of " + trace + ": instructseg frame")));

        topics.request("camera 9", bytes(video.request("video", "videos/1.mp4")), headers);
        List<ConsumerRecord<String, byte[]>> again = messages("video", 2 * messages.size());
        for (int i = 0; i < messages.size(); i++) {
            assertThat(again.get(messages.size() + i).value()).isEqualTo(messages.get(i).value());
        }
    }

    /** It has 26 frames, then nothing. */
    @Test
    @Order(5)
    void aBrokenVideoGoesToTheDeadLettersAfterItsFrames() throws Exception {
        String request = json(video.request("broken", "videos/broken.mp4").put("stride", 13));
        topics.request("camera 9", request.getBytes(UTF_8), Map.of());
        topics.request("camera 9", bytes(requests.request(1, "after a broken video")), Map.of());
        assertThat(results(1, "after a broken video")).hasSize(1);
        List<String> reasons = new ArrayList<>();
        topics.read(Topics.DEAD_LETTERS, letter -> {
            if (new String(letter.value(), UTF_8).equals(request)) {
                reasons.add(headers(letter).get("dead-letter-reason"));
            }
        }, () -> !reasons.isEmpty(), Duration.ofMinutes(1));
        assertThat(reasons).singleElement().asString().startsWith("video: ");
        assertThat(messages("broken", 2)).extracting(message -> Requests.MAPPER.readTree(message.value()).get("index").asInt())
                .containsExactly(0, 1);
    }

    /** In the order in which they are in the topic. */
    private static List<ConsumerRecord<String, byte[]>> messages(String id, int enough) {
        List<ConsumerRecord<String, byte[]>> messages = new ArrayList<>();
        topics.read(Topics.RESULTS, result -> {
            if (id(result).equals(id)) {
                messages.add(result);
            }
        }, () -> messages.size() >= enough, Duration.ofMinutes(2));
        assertThat(messages).as(id).hasSize(enough);
        return messages;
    }

    /** At least once: what the killed worker had not finished, and what it had not committed yet, the other one answers. */
    @Test
    @Order(6)
    void noRequestIsLostWhenAWorkerIsKilled() throws Exception {
        for (int i = 0; i < MESSAGES; i++) {
            topics.request("camera " + i, bytes(requests.request(i, "m" + i)), Map.of());
        }
        topics.flush();
        assertThat(results(MESSAGES / 2, "m")).hasSizeGreaterThanOrEqualTo(MESSAGES / 2);
        WORKERS.get(0).kill();

        Map<String, ConsumerRecord<String, byte[]>> results = results(MESSAGES, "m");
        assertThat(results.keySet())
                .isEqualTo(IntStream.range(0, MESSAGES).mapToObj(i -> "m" + i).collect(Collectors.toSet()));
        for (int i = 0; i < MESSAGES; i++) {
            JsonNode answer = Requests.MAPPER.readTree(results.get("m" + i).value());
            assertThat(answer.at("/segmentations/0/score").asDouble()).isCloseTo(requests.score(i), within(1e-4));
        }
    }

    /**
     * Results by their ids; two of the same request are the same.
     *
     * @param prefix of the ids
     */
    private static Map<String, ConsumerRecord<String, byte[]>> results(int enough, String prefix) {
        Map<String, ConsumerRecord<String, byte[]>> results = new TreeMap<>();
        topics.read(Topics.RESULTS, result -> {
            String id = id(result);
            if (id.startsWith(prefix)) {
                ConsumerRecord<String, byte[]> before = results.put(id, result);
                assertThat(before == null || Arrays.equals(before.value(), result.value())).as(id).isTrue();
            }
        }, () -> results.size() >= enough || !WORKERS.get(1).isAlive(), Duration.ofMinutes(3));
        assertThat(results).as(() -> WORKERS.get(1).output()).hasSizeGreaterThanOrEqualTo(enough);
        return results;
    }

    private static String id(ConsumerRecord<String, byte[]> result) {
        try {
            return Requests.MAPPER.readTree(result.value()).get("id").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As Kafka means it, the last of a name. */
    private static Map<String, String> headers(ConsumerRecord<String, byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        return headers;
    }

    private static byte[] bytes(JsonNode json) {
        return json(json).getBytes(UTF_8);
    }

    private static String json(JsonNode json) {
        return json.toString();
    }
}
