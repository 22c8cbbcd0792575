package io.instructseg.it.secured;

import static io.instructseg.it.secured.Client.ALICE;
import static io.instructseg.it.secured.Client.ENDPOINT;
import static io.instructseg.it.secured.Client.NOBODY;

import java.io.IOException;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/**
 * A host that closes what has no annotation closes the endpoint: nobody's role opens it, as that of a resource of its own. The
 * bean is there for a resource that has an annotation.
 */
@QuarkusTest
@TestProfile(DenyUnannotatedTest.DenyUnannotated.class)
class DenyUnannotatedTest {

    @Test
    void theEndpointIsClosed() throws IOException {
        ALICE.asks(ENDPOINT, "sentences").then().statusCode(403);
        NOBODY.asks(ENDPOINT, "sentences").then().statusCode(401);
    }

    @Test
    void theHostsAnnotatedResourceIsOpen() throws IOException {
        ALICE.asks("/api/coverage", "of").then().statusCode(200);
    }

    public static class DenyUnannotated implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.security.jaxrs.deny-unannotated-endpoints", "true",
                    "quarkus.security.jaxrs.default-roles-allowed", "segmenter");
        }
    }
}
