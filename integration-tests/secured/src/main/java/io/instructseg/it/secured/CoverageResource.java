package io.instructseg.it.secured;

import jakarta.annotation.security.PermitAll;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

import org.jboss.resteasy.reactive.RestQuery;

import io.smallrye.mutiny.Uni;

/** Open itself: the bean behind it asks who calls. */
@Path("/coverage")
public class CoverageResource {

    @Inject
    Coverage coverage;

    @POST
    @PermitAll
    public Uni<Long> coverage(byte[] picture, @RestQuery String of) {
        return coverage.of(picture, of);
    }
}
