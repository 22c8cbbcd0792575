package io.instructseg.quarkus.deployment;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.quarkus.InstructSeg;
import io.smallrye.mutiny.Uni;

/** A host's code. */
@Path("/host")
public class HostResource {

    @Inject
    InstructSeg instructSeg;

    @GET
    public Uni<String> segment() {
        DecodedImage image = new DecodedImage(new RgbImage(3, 2, new byte[18]), false);
        return instructSeg.segment(limits -> image, "the dog")
                .map(answer -> "before " + answer.width() + "x" + answer.height());
    }
}
