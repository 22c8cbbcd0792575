package io.instructseg.it;

import java.nio.file.Path;
import java.util.Locale;

import jakarta.inject.Inject;

import io.instructseg.engine.Segmentation;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Segments a picture and ends: arguments are its file and a sentence. */
@QuarkusMain
public class SegmentCommand implements QuarkusApplication {

    @Inject
    InstructSeg instructSeg;

    @Override
    public int run(String... arguments) {
        Segmentation answer = instructSeg.segment(Image.of(Path.of(arguments[0])), arguments[1]).await().indefinitely();
        System.out.printf(Locale.ROOT, "score %.4f area %d%n", answer.score(), answer.area());
        return 0;
    }
}
