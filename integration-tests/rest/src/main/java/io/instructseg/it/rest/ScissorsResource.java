package io.instructseg.it.rest;

import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;

import io.instructseg.engine.Segmentation;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.smallrye.mutiny.Uni;

/** What a host does with the bean. */
@Path("/scissors")
public class ScissorsResource {

    @Inject
    InstructSeg instructSeg;

    @POST
    @Consumes("image/*")
    @Produces("image/png")
    public Uni<byte[]> overlay(byte[] picture) {
        return instructSeg.segment(Image.of(picture), "outline the pair of scissors").map(Segmentation::overlay);
    }
}
