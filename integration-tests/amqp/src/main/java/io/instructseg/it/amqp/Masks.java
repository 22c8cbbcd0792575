package io.instructseg.it.amqp;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Outgoing;

import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.smallrye.mutiny.Uni;

/** A host's own kind of message. */
@ApplicationScoped
public class Masks {

    @Inject
    InstructSeg instructSeg;

    @Incoming("pictures")
    @Outgoing("masks")
    public Uni<byte[]> mask(byte[] picture) {
        return instructSeg.segment(Image.of(picture), "outline the pair of scissors").map(answer -> answer.mask().toPng());
    }
}
