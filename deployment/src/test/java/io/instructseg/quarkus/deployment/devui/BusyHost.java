package io.instructseg.quarkus.deployment.devui;

import java.util.concurrent.CountDownLatch;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelName;

/** A host with a model that can be kept busy, and one that can't be loaded. */
@Path("/busy")
@Singleton
public class BusyHost {

    private final CountDownLatch free = new CountDownLatch(1);
    private final Image slow = limits -> {
        try {
            free.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new DecodedImage(new RgbImage(3, 2, new byte[18]), false);
    };

    @Inject
    InstructSeg instructSeg;

    @Inject
    @ModelName("street")
    InstructSeg damaged;

    /** One request runs and two wait. */
    @POST
    @Path("/begin")
    public void begin() {
        for (int i = 0; i < 3; i++) {
            instructSeg.segment(slow, "the dog").subscribeAsCompletionStage();
        }
    }

    @POST
    @Path("/end")
    public void end() {
        free.countDown();
    }
}
