package io.instructseg.it.secured;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.util.Base64;

import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** Users of the host, and requests in their names. */
enum Client {

    NOBODY(null),
    STRANGER("alice:guessed"),
    ALICE("alice:alices-password"),
    BOB("bob:bobs-password"),
    OLGA("olga:olgas-password");

    static final String ENDPOINT = "/api/instructseg/segmentations";
    private static final int LONG_ENOUGH_MILLIS = 60_000;

    private final String credentials;

    Client(String credentials) {
        this.credentials = credentials;
    }

    private String authorization() {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(US_ASCII));
    }

    RequestSpecification request() {
        return credentials == null ? given() : given().header("Authorization", authorization());
    }

    /** Posts the example's picture. */
    Response asks(String path, String field) throws IOException {
        Example example = Example.scissors();
        return request().contentType("image/png").queryParam(field, example.sentence())
                .body(Files.readAllBytes(example.picture())).post(path);
    }

    /** The status that comes while the body doesn't. */
    int statusWithoutBody(URI server, String path) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(LONG_ENOUGH_MILLIS);
            socket.getOutputStream().write(("POST " + path + "?sentences=a HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n"
                    + (credentials == null ? "" : "Authorization: " + authorization() + "\r\n")
                    + "Content-Length: 1000000\r\n\r\n").getBytes(US_ASCII));
            String status = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
            return Integer.parseInt(status.split(" ")[1]);
        }
    }
}
