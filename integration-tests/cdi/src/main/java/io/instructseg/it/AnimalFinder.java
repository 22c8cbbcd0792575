package io.instructseg.it;

import java.nio.file.Path;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.instructseg.engine.Segmentation;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.smallrye.mutiny.Uni;

/** A host's bean. */
@ApplicationScoped
public class AnimalFinder {

    @Inject
    InstructSeg instructSeg;

    /** How much of a picture an animal covers, 0 to 1. */
    public Uni<Double> coverage(Path picture, String animal) {
        return instructSeg.segment(Image.of(picture), "the " + animal).map(AnimalFinder::coverage);
    }

    private static double coverage(Segmentation animal) {
        return (double) animal.area() / ((long) animal.width() * animal.height());
    }
}
