package io.instructseg.it.secured;

import static io.instructseg.it.secured.Client.ALICE;
import static io.instructseg.it.secured.Client.BOB;
import static io.instructseg.it.secured.Client.ENDPOINT;
import static io.instructseg.it.secured.Client.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** The roles that a host asks for where no annotation says otherwise hold for the endpoint: no permission by path is needed. */
@QuarkusTest
@TestProfile(DefaultRolesTest.DefaultRoles.class)
class DefaultRolesTest {

    @TestHTTPResource
    URI server;

    @Test
    void theEndpointNeedsThem() throws IOException {
        Example.scissors().assertIsAnsweredBy(ALICE.asks(ENDPOINT, "sentences"));
        NOBODY.asks(ENDPOINT, "sentences").then().statusCode(401);
        BOB.asks(ENDPOINT, "sentences").then().statusCode(403);
    }

    @Test
    void theBodyOfARefusedRequestIsNotRead() throws IOException {
        assertThat(NOBODY.statusWithoutBody(server, ENDPOINT)).isEqualTo(401);
        assertThat(BOB.statusWithoutBody(server, ENDPOINT)).isEqualTo(403);
    }

    public static class DefaultRoles implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.http.auth.permission.masks.enabled", "false",
                    "quarkus.security.jaxrs.default-roles-allowed", "segmenter");
        }
    }
}
