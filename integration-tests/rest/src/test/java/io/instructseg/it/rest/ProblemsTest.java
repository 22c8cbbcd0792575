package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** Whatever is wrong with a request: the answer is a problem detail that names the field, what was found and expected. */
@QuarkusTest
class ProblemsTest {

    private static final byte[] PICTURE = Examples.png(8, 8);

    @TestHTTPResource(ENDPOINT)
    URI endpoint;

    private static Arguments json(String body, String field, String... details) {
        return Arguments.of(body, field, details);
    }

    static Stream<Arguments> jsonBodies() {
        String image = Examples.request(PICTURE, "a").get("image").toString();
        return Stream.of(
                json("", null, "found nothing, expected an object"),
                json("[]", null, "found an array, expected an object"),
                json("{\"sentences\": [\"a\"]}", "image", "found none"),
                json("{\"image\": " + image + "}", "sentences", "found none"),
                json("{\"image\": " + image + ", \"sentences\": []}", "sentences", "found none"),
                json("{\"image\": " + image + ", \"sentences\": \"a\"}", "sentences", "found a string, expected an array"),
                json("{\"image\": " + image + ", \"sentences\": [\"a\", \" \\t\"]}", "sentences[1]", "blank"),
                json("{\"image\": " + image + ", \"sentences\": [\"\"]}", "sentences[0]", "blank"),
                json("{\"image\": " + image + ", \"sentences\": [\"a\", null]}", "sentences[1]", "found null"),
                json("{\"sentences\": [\"" + "word ".repeat(20_000) + "\"]}", "sentences[0]", "65536"),
                json("{\"image\": " + image + ", \"sentences\": [\"" + "word ".repeat(5_000) + "\"]}", "sentences[0]",
                        "sentences[0]: found", "tokens, expected at most 2048"),
                json("{\"sentences\": [" + "\"a\",".repeat(64) + "\"b\"]}", "sentences", "more than 64"),
                json("{\"image\": null}", "image", "found null, expected the picture's file as base64"),
                json("{\"image\": \"\"}", "image", "empty"),
                json("{\"image\": \"data:image/png;base64,AAAA\"}", "image", "not base64", ":"),
                json("{\"image\": \"AAAAA\"}", "image", "not base64"),
                json("{\"image\": " + image + ", \"image\": " + image + "}", null, "Duplicate field 'image'"),
                json("{\"task\": \"video\"}", "task", "found 'video', expected 'referring' or 'reasoning'"),
                json("{\"task\": \"video_referring\"}", "task", "expected 'referring' or 'reasoning'"),
                json("{\"task\": 1}", "task", "found a number, expected a string"),
                json("{\"candidates\": \"some\"}", "candidates", "found 'some', expected 'best' or 'all'"),
                json("{\"threshold\": 1.01}", "threshold", "found 1.01, expected a number from 0 to 1"),
                json("{\"threshold\": -1}", "threshold", "found -1.0, expected a number from 0 to 1"),
                json("{\"threshold\": \"0.5\"}", "threshold", "found a string, expected a number"),
                json("{\"threshold\": NaN}", null, "not valid JSON"),
                json("{\"threshold\": 1" + "0".repeat(200) + "}", null, "not valid JSON", "100"),
                json("{\"sentence\": \"a\"}", "sentence", "unknown field, expected image, sentences"),
                json("{\"" + "x".repeat(2_000) + "\": 1}", null, "not valid JSON"),
                json("{\"sentences\": " + "[".repeat(1_000), "sentences[0]", "found an array, expected a string"),
                json("{\"image\" ", null, "not valid JSON", "line 1"),
                json("{\"image\": " + image + ", \"sentences\": [\"a\"]} {}", null, "behind the JSON object's end"));
    }

    @ParameterizedTest
    @MethodSource
    void jsonBodies(String body, String field, String... details) {
        problem(given().contentType("application/json").body(body).post(ENDPOINT), 400, field, details);
    }

    @Test
    void forms() {
        form(given().multiPart("sentences", "a"), "image", "found none");
        form(given().multiPart("image", "a.png", PICTURE), "sentences", "found none");
        form(given().multiPart("image", "a.png", new byte[0]), "image", "empty");
        form(given().multiPart("sentences", "a").multiPart("sentences", ""), "sentences[1]", "blank");
        form(given().multiPart("task", "reasoning").multiPart("task", "referring"), "task", "more than one");
        form(given().multiPart("threshold", "high"), "threshold", "found 'high', expected a number");
        form(given().multiPart("threshold", "NaN"), "threshold", "found NaN, expected a number");
        form(given().multiPart("prompt", "a"), "prompt", "unknown field");
    }

    @Test
    void malformedForms() {
        form("multipart/form-data", "x", null, "no boundary");
        form("multipart/form-data; boundary=a", "--b", null, "no closing boundary");
        form("multipart/form-data; boundary=a", "--a\r\n\r\nx\r\n--a--", null, "a part has no name");
        form("multipart/form-data; boundary=a", "--a\r\nContent\r\nx\r\n--a--", null, "a part's header can't be read");
        form("multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=\"image\"\r\n"
                + "Content-Transfer-Encoding: base64\r\n\r\n", "image", "Content-Transfer-Encoding");
        form("multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=\"task\"\r\n\r\n\u00ff\r\n--a--",
                "task", "not UTF-8");
    }

    private static void form(RequestSpecification form, String field, String detail) {
        problem(form.post(ENDPOINT), 400, field, detail);
    }

    private static void form(String type, String body, String field, String detail) {
        problem(given().config(RestAssured.config().encoderConfig(EncoderConfig.encoderConfig()
                .encodeContentTypeAs("multipart/form-data", ContentType.TEXT)
                .appendDefaultContentCharsetToContentTypeIfUndefined(false)))
                .contentType(type).body(body.getBytes(StandardCharsets.ISO_8859_1)).post(ENDPOINT), 400, field, detail);
    }

    @Test
    void pictureBodies() {
        problem(picture(new byte[0]).post(ENDPOINT), 400, "image", "found none");
        problem(given().contentType("image/png").body(PICTURE).post(ENDPOINT), 400, "sentences", "found none");
        problem(picture(PICTURE).queryParam("sentence", "b").post(ENDPOINT), 400, "sentence", "unknown field");
        problem(picture(PICTURE).queryParam("task", "").post(ENDPOINT), 400, "task", "found ''");
        problem(picture(PICTURE).queryParam("image", "x").post(ENDPOINT), 400, "image", "unknown field");
    }

    @Test
    void aFieldOutsideOfItsBodyIsNotIgnored() {
        problem(given().contentType("application/json").queryParam("task", "reasoning")
                .body(Examples.request(PICTURE, "a").toString()).post(ENDPOINT), 400, "task", "found in the query");
        problem(given().queryParam("threshold", "1").multiPart("image", "a.png", PICTURE).multiPart("sentences", "a")
                .post(ENDPOINT), 400, "threshold", "found in the query");
    }

    @Test
    void anUnknownFormatIsUnsupported() {
        problem(picture("%PDF-1.7".getBytes()).post(ENDPOINT), 415, "image", "25 50 44 46", "expected JPEG, PNG");
        problem(given().multiPart("image", "a.pdf", "%PDF-1.7".getBytes()).multiPart("sentences", "a").post(ENDPOINT), 415,
                "image", "25 50 44 46");
        problem(given().contentType("application/json").body(Examples.request("%PDF-1.7".getBytes(), "a").toString())
                .post(ENDPOINT), 415, "image", "25 50 44 46");
    }

    @Test
    void aDamagedPictureIsUnprocessable() {
        problem(picture(Arrays.copyOf(PICTURE, 20)).post(ENDPOINT), 422, "image", "");
    }

    @Test
    void aPictureMayBeTooLarge() {
        problem(picture(new byte[(1 << 20) + 1]).post(ENDPOINT), 413, "image", "the limit of 1048576 bytes");
        problem(given().multiPart("image", "a.png", new byte[(1 << 20) + 1]).multiPart("sentences", "a").post(ENDPOINT), 413,
                "image", "the limit of 1048576 bytes");
        problem(given().contentType("application/json").body(Examples.request(new byte[(1 << 20) + 1], "a").toString())
                .post(ENDPOINT), 413, "image", "the limit of 1048576 bytes");
        problem(picture(Examples.png(1000, 1001)).post(ENDPOINT), 413, "image", "1000x1001", "the limit is 1000000");
        problem(given().multiPart("task", "x".repeat(200_000)).post(ENDPOINT), 413, "task", "196608");
    }

    /** Quarkus answers before the endpoint could: no problem detail, but a clear status. */
    @Test
    void aBodyBeyondTheHostsLimitIsRefusedUnread() throws IOException {
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            socket.getOutputStream().write(("POST " + ENDPOINT + " HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n"
                    + "Content-Length: 5000000\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void otherBodiesAreUnsupported() {
        problem(given().contentType("text/plain").body("a").post(ENDPOINT), 415, null, "found text/plain", "expected appl");
        problem(given().contentType("application/x-www-form-urlencoded").body("a=b").post(ENDPOINT), 415, null, "expected");
        problem(picture(PICTURE).header("Content-Encoding", "gzip").post(ENDPOINT), 415, null, "Content-Encoding");
    }

    @Test
    void picturesAnswerOneSentence() {
        problem(picture(PICTURE).queryParam("sentences", "b").accept("image/png").post(ENDPOINT), 400, "sentences",
                "found 2 sentences, expected one");
        problem(picture(PICTURE).queryParam("candidates", "all").accept("image/png").post(ENDPOINT), 400, "candidates",
                "found 'all'");
    }

    @Test
    void whatCannotBeSentIsNotAcceptable() {
        for (String accept : new String[] { "text/html", "image/jpeg", "image/png; view=x", "application/json;q=0" }) {
            problem(picture(PICTURE).accept(accept).post(ENDPOINT), 406, null, "expected application/json, image/png");
        }
        problem(picture(PICTURE).header("Accept", "what;;is=this").post(ENDPOINT), 400, "Accept", "media types");
    }

    private static RequestSpecification picture(byte[] picture) {
        return given().contentType("image/png").queryParam("sentences", "a").body(picture);
    }

    private static void problem(Response response, int status, String field, String... details) {
        var then = response.then().statusCode(status).contentType("application/problem+json").body("status", equalTo(status))
                .body("field", equalTo(field));
        for (String detail : details) {
            then.body("detail", containsString(detail));
        }
        assertThat(response.path("title").toString()).isNotBlank();
    }
}
