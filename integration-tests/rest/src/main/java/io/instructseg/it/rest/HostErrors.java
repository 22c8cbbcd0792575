package io.instructseg.it.rest;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** The host's own idea of errors, for all of its resources. */
public class HostErrors {

    static final int STATUS = 418;

    @ServerExceptionMapper
    Response any(Exception failure) {
        if (failure instanceof WebApplicationException known) {
            return known.getResponse();
        }
        return Response.status(STATUS).entity(failure.getMessage()).build();
    }
}
