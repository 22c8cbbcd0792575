package io.instructseg.it.secured;

import static io.instructseg.it.secured.Client.ALICE;
import static io.instructseg.it.secured.Client.BOB;
import static io.instructseg.it.secured.Client.ENDPOINT;
import static io.instructseg.it.secured.Client.NOBODY;
import static io.instructseg.it.secured.Client.OLGA;
import static io.instructseg.it.secured.Client.STRANGER;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/** The host's permissions by path hold for the endpoint. */
@QuarkusTest
class EndpointTest {

    private static final String VIDEOS = "/api/instructseg/videos";
    private static final String ANSWERS = "/api/instructseg/answers";

    @TestHTTPResource
    URI server;

    @TestHTTPResource(management = true)
    URI management;

    @Test
    void whoHasTheRoleGetsTheMask() throws IOException {
        Example.scissors().assertIsAnsweredBy(ALICE.asks(ENDPOINT, "sentences"));
    }

    @Test
    void whoIsNotKnownIsAskedForCredentials() throws IOException {
        for (Client client : List.of(NOBODY, STRANGER)) {
            client.asks(ENDPOINT, "sentences").then().statusCode(401).header("WWW-Authenticate", "basic").body(emptyString());
        }
    }

    @Test
    void whoHasNotTheRoleIsForbidden() throws IOException {
        BOB.asks(ENDPOINT, "sentences").then().statusCode(403).body(emptyString());
    }

    /** Neither read, nor queued, nor counted. */
    @Test
    void aRefusedRequestCostsTheModelNothing() throws IOException {
        long before = requests();
        for (Client client : List.of(NOBODY, STRANGER)) {
            assertThat(client.statusWithoutBody(server, ENDPOINT)).isEqualTo(401);
            client.request().contentType("application/json").body("no JSON").post(ENDPOINT).then().statusCode(401);
        }
        assertThat(BOB.statusWithoutBody(server, ENDPOINT)).isEqualTo(403);
        BOB.request().contentType("application/json").body("no JSON").post(ENDPOINT).then().statusCode(403);
        assertThat(requests()).isEqualTo(before);
        assertThat(metrics()).contains("instructseg_queue_waiting{model=\"<default>\"} 0");
    }

    @Test
    void videosNeedTheRole() throws IOException {
        assertThat(NOBODY.statusWithoutBody(server, VIDEOS)).isEqualTo(401);
        assertThat(BOB.statusWithoutBody(server, VIDEOS)).isEqualTo(403);
        ALICE.request().contentType("video/mp4").body(new byte[] { 1, 2, 3 }).post(VIDEOS + "?sentences=a%20dog").then()
                .statusCode(415);
    }

    @Test
    void answersNeedTheRole() throws IOException {
        assertThat(NOBODY.statusWithoutBody(server, ANSWERS)).isEqualTo(401);
        assertThat(BOB.statusWithoutBody(server, ANSWERS)).isEqualTo(403);
        ALICE.request().contentType("application/json").body("{}").post(ANSWERS).then().statusCode(400);
    }

    /** All outcomes together. */
    private long requests() {
        return metrics().lines().filter(line -> line.startsWith("instructseg_requests_seconds_count"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    }

    private String metrics() {
        return OLGA.request().get(management("metrics")).then().statusCode(200).extract().asString();
    }

    private URI management(String path) {
        return management.resolve("/q/" + path);
    }

    /** Other spellings of the path are either the same path to the permissions, or no path of the endpoint. */
    @ParameterizedTest
    @ValueSource(strings = { "/api/instructseg/segmentations/", "/api//instructseg/segmentations",
            "//api/instructseg/segmentations", "/api/instructseg;a=b/segmentations", "/api/instructseg/segmentations;a=b",
            "/api/x/../instructseg/segmentations", "/api/./instructseg/segmentations", "/api/instructseg%2Fsegmentations",
            "/api/%69nstructseg/segmentations", "/api/INSTRUCTSEG/segmentations", "/instructseg/segmentations" })
    void noSpellingOfThePathLeadsPast(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + server.getAuthority() + path + "?sentences=a"))
                .POST(HttpRequest.BodyPublishers.ofString("no picture")).build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isIn(401, 404);
    }

    @Test
    void theBeanBehindTheHostsOwnSecurity() throws IOException {
        Response area = ALICE.asks("/api/coverage", "of");
        area.then().statusCode(200);
        long official = Example.scissors().mask().area();
        assertThat(Long.parseLong(area.asString())).isBetween(official * 999 / 1000, official * 1001 / 1000);
        NOBODY.asks("/api/coverage", "of").then().statusCode(401);
        BOB.asks("/api/coverage", "of").then().statusCode(403);
    }

    @Test
    void openApiTellsHowToAuthenticate() {
        given().queryParam("format", "json").get(management("openapi")).then().statusCode(200)
                .body("components.securitySchemes.SecurityScheme.scheme", equalTo("basic"))
                .body("security[0].SecurityScheme", equalTo(List.of()))
                .body("paths.'" + ENDPOINT + "'.post.operationId", equalTo("instructsegSegment"));
    }

    @Test
    void healthAndMetricsHaveAPortAndPermissionsOfTheirOwn() {
        given().get("/q/health").then().statusCode(404);
        given().get("/q/metrics").then().statusCode(404);
        assertThat(given().get(management("health/ready")).statusCode()).isIn(200, 503);
        given().get(management("metrics")).then().statusCode(401);
        ALICE.request().get(management("metrics")).then().statusCode(403);
        assertThat(metrics()).contains("instructseg_queue_capacity");
    }
}
