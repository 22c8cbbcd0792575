package io.instructseg.it.rest;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

import io.instructseg.engine.Segmentation;
import io.instructseg.engine.mask.Mask;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.QueueFullException;

/**
 * Ask one question again and again, over HTTP and through the bean. What they give is true for the answer that they were given
 * when nobody else asked, false for a proper refusal, and fails for anything else.
 */
final class LoadClients {

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpRequest request;
    private final InstructSeg bean;
    private final Image picture;
    private final String sentence;
    private final String answer;
    private final Mask mask;
    private final double score;

    /** @param endpoint with the sentence in its query */
    LoadClients(URI endpoint, InstructSeg bean, byte[] picture, String sentence) throws Exception {
        this.request = HttpRequest.newBuilder(endpoint).header("Content-Type", "image/png")
                .POST(HttpRequest.BodyPublishers.ofByteArray(picture)).build();
        this.bean = bean;
        this.picture = Image.of(picture);
        this.sentence = sentence;
        this.answer = segmentations(client.send(request, ofString()));
        Segmentation segmentation = bean.segment(this.picture, sentence).await().indefinitely();
        this.mask = segmentation.mask();
        this.score = segmentation.score();
        assertThat(Examples.mask(Examples.MAPPER.readTree(answer + "}").at("/segmentations/0/mask/rle"))).isEqualTo(mask);
    }

    /** All of an answer's text before its timings. */
    private static String segmentations(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains(",\"timings\":");
        return response.body().substring(0, response.body().indexOf(",\"timings\":"));
    }

    CompletableFuture<Boolean> http() {
        return client.sendAsync(request, ofString()).thenApply(response -> {
            if (response.statusCode() == 503) {
                assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
                assertThat(response.headers().firstValue("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
                assertThat(response.body()).contains("\"status\":503", "\"detail\":\"too many requests ");
                return false;
            }
            assertThat(segmentations(response)).isEqualTo(answer);
            return true;
        });
    }

    CompletableFuture<Boolean> bean() {
        return bean.segment(picture, sentence).subscribeAsCompletionStage().handle((segmentation, failure) -> {
            if (failure != null) {
                assertThat(failure).isInstanceOf(QueueFullException.class);
                return false;
            }
            assertThat(segmentation.mask()).isEqualTo(mask);
            assertThat(segmentation.score()).isEqualTo(score);
            return true;
        });
    }
}
