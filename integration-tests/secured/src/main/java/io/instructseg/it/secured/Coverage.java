package io.instructseg.it.secured;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.instructseg.engine.Segmentation;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.smallrye.mutiny.Uni;

/** The host's own security in front of the bean. */
@ApplicationScoped
public class Coverage {

    @Inject
    InstructSeg instructSeg;

    /** How many pixels of a picture belong to what a sentence means. */
    @RolesAllowed("segmenter")
    public Uni<Long> of(byte[] picture, String sentence) {
        return instructSeg.segment(Image.of(picture), sentence).map(Segmentation::area);
    }
}
