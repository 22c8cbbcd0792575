package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/** Clients that begin to send and stop can't take all of the host's worker threads. */
@QuarkusTest
class SlowClientsTest {

    private static final int CLIENTS = 300;

    @TestHTTPResource(ENDPOINT)
    URI endpoint;

    @Test
    void theHostGoesOnAndTheEndpointWithItOnceTheyAreGone() throws IOException {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(beginToSend());
            }
            Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> ask().statusCode() == 503);
            ask().then().statusCode(503).header("Retry-After", "1").contentType("application/problem+json");
            given().body(Examples.bytes(Examples.SCISSORS)).contentType("image/png").post("/api/scissors").then()
                    .statusCode(200);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> ask().statusCode() == 200);
    }

    private Socket beginToSend() throws IOException {
        Socket socket = new Socket(endpoint.getHost(), endpoint.getPort());
        socket.getOutputStream().write(("POST " + ENDPOINT + "?sentences=a HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n"
                + "Content-Length: 1000000\r\n\r\nabc").getBytes(US_ASCII));
        return socket;
    }

    private static Response ask() {
        return given().contentType("image/png").queryParam("sentences", Examples.SCISSORS_SENTENCE)
                .body(Examples.bytes(Examples.SCISSORS)).post(ENDPOINT);
    }
}
