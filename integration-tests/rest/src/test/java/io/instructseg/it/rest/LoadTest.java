package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import jakarta.inject.Inject;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.ModelService;
import io.instructseg.quarkus.runtime.ModelServices;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

/**
 * For a minute, four times the requests that the model can answer, over HTTP and through the bean. The minute has three
 * parts, so that memory can be read when nothing waits. All bounds are counts, or ratios within the run: the machine may be
 * slow, and busy.
 */
@QuarkusTest
class LoadTest {

    private static final Duration PART = Duration.ofSeconds(20);
    private static final int PARTS = 3;
    private static final int OVERLOAD = 4;
    /** One by one: what the model can do. */
    private static final int SERIES = 30;
    /** Answers a second, against one by one: the median of four series. Others on the machine may take half of it meanwhile. */
    private static final double LEAST_THROUGHPUT = 0.5;
    /** MB: in five runs it grew by 3 at most, or fell. A picture of each request would be 25 to 50. */
    private static final double MOST_HEAP = 10;
    /** MB: the first minute of a JVM took 15, the second 2. A mask of each answer as TensorFlow has it would be 500. */
    private static final double MOST_RESIDENT = 60;
    /** A request under load takes about as long as the queue and itself, six times as long as one by one. */
    private static final double BACK = 2;

    @TestHTTPResource(ENDPOINT + "?sentences=outline%20the%20pair%20of%20scissors")
    URI endpoint;

    @Inject
    InstructSeg instructSeg;

    @Inject
    ModelServices services;

    /** The host keeps all spans for its tests. */
    @Inject
    InMemorySpanExporter spans;

    private final byte[] picture = Examples.bytes(Examples.SCISSORS);
    private final List<OfferedLoad> series = new ArrayList<>();
    private final List<OfferedLoad> parts = new ArrayList<>();
    private final List<ProcessMemory> memory = new ArrayList<>();
    private LoadClients clients;

    @Test
    void acceptedWorkIsUnharmedItsLatencyIsBoundedAndMemoryIsFlat() throws Exception {
        clients = new LoadClients(endpoint, instructSeg, picture, Examples.SCISSORS_SENTENCE);
        OfferedLoad.oneByOne(SERIES, clients::http);
        series.add(OfferedLoad.oneByOne(SERIES, clients::http));
        for (int i = 0; i < PARTS; i++) {
            double fastest = series.stream().mapToDouble(OfferedLoad::answeredPerSecond).max().orElseThrow();
            parts.add(OfferedLoad.atRate(OVERLOAD * fastest, PART, mixed()));
            spans.reset();
            memory.add(ProcessMemory.now());
            series.add(OfferedLoad.oneByOne(SERIES, clients::http));
        }
        print();
        parts.forEach(this::assertBounded);
        assertThat(perSecond(parts)).isGreaterThan(LEAST_THROUGHPUT * capacity());
        assertMemoryIsFlat();
        assertAllIsBack();
    }

    private List<Supplier<CompletableFuture<Boolean>>> mixed() {
        return List.of(clients::http, clients::http, clients::http, clients::bean);
    }

    /** Of the series, the median of their rates. */
    private double capacity() {
        double[] rates = series.stream().mapToDouble(OfferedLoad::answeredPerSecond).sorted().toArray();
        return (rates[(rates.length - 1) / 2] + rates[rates.length / 2]) / 2;
    }

    private static double perSecond(List<OfferedLoad> loads) {
        return loads.stream().mapToDouble(OfferedLoad::answeredPerSecond).average().orElseThrow();
    }

    /** Each request that was accepted has been answered, and each answer was right: the clients see to that. */
    private void assertBounded(OfferedLoad part) {
        assertThat(part.answered()).isPositive();
        assertThat(part.refused()).isPositive();
        assertThat(part.mostAnswersDuringAnswered()).isLessThanOrEqualTo(mostAnswers());
    }

    /**
     * Latency is counted in answers: so it is in units of what a request really took just then. In its turn a request sees at
     * most: the answers of all who wait, of the one that runs, and its own. One more may be on its way to its client when the
     * request is sent. To be received and answered takes what it took those of the minute that were refused, which are nothing
     * else; twice, since an answer is longer.
     */
    private int mostAnswers() {
        int refused = parts.stream().mapToInt(OfferedLoad::mostAnswersDuringRefused).max().orElseThrow();
        return model().queueCapacity() + 1 + 1 + 2 * refused;
    }

    private ModelService model() {
        return services.get(ModelNames.DEFAULT);
    }

    private void assertMemoryIsFlat() {
        ProcessMemory first = memory.get(0);
        ProcessMemory last = memory.get(memory.size() - 1);
        assertThat(last.heap() - first.heap()).isLessThan(MOST_HEAP);
        assertThat(last.resident() - first.resident()).isLessThan(MOST_RESIDENT);
    }

    private void assertAllIsBack() {
        assertThat(model().waiting()).isZero();
        given().get("/q/health").then().statusCode(200).body("status", equalTo("UP"));
        double before = series.get(0).answeredMillis(0.5);
        Awaitility.await().atMost(2, TimeUnit.MINUTES)
                .until(() -> OfferedLoad.oneByOne(SERIES, clients::http).answeredMillis(0.5) < BACK * before);
    }

    /** docs/operating.md has it. */
    private void print() {
        System.out.printf("%nOne by one: %.1f requests a second, median %.0f ms. A queue of %d.%n%n", capacity(),
                series.get(0).answeredMillis(0.5), model().queueCapacity());
        System.out.println("| seconds | offered a second | answered a second | refused | answered, ms: median | 99 % | most "
                + "| refused, ms: median | 99 % | most answers during one | bound | heap, MB | resident, MB |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (int i = 0; i < PARTS; i++) {
            OfferedLoad part = parts.get(i);
            System.out.printf(
                    "| %d to %d | %.1f | %.1f | %.0f %% | %.0f | %.0f | %.0f | %.0f | %.0f | %d | %d | %.1f | %.0f |%n",
                    i * PART.toSeconds(), (i + 1) * PART.toSeconds(), part.requests().size() / (double) PART.toSeconds(),
                    part.answeredPerSecond(), 100.0 * part.refused() / part.requests().size(), part.answeredMillis(0.5),
                    part.answeredMillis(0.99), part.answeredMillis(1), part.refusedMillis(0.5), part.refusedMillis(0.99),
                    part.mostAnswersDuringAnswered(), mostAnswers(), memory.get(i).heap(), memory.get(i).resident());
        }
    }
}
