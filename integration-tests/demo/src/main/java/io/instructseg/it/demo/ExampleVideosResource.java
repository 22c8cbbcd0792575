package io.instructseg.it.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Produces;

import org.eclipse.microprofile.openapi.annotations.Operation;

import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.video.VideoWriter;
import io.smallrye.common.annotation.Blocking;

/** The demo model's example videos, which are folders of frames, as files that a browser plays. */
@Singleton
@jakarta.ws.rs.Path("/examples/videos")
public class ExampleVideosResource {

    private static final Duration FRAME = Duration.ofMillis(200);

    private final Map<String, byte[]> videos = new ConcurrentHashMap<>();

    @GET
    @jakarta.ws.rs.Path("/{number: [1-4]}.mp4")
    @Produces("video/mp4")
    @Blocking
    @Operation(hidden = true)
    public byte[] video(String number) {
        return videos.computeIfAbsent(number, ExampleVideosResource::encode);
    }

    private static byte[] encode(String number) {
        try {
            Path folder = Files.createTempDirectory("example-");
            Path file = folder.resolve("example.mp4");
            try {
                write(number, file);
                return Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(String number, Path file) throws IOException {
        try (VideoWriter writer = VideoWriter.create(file)) {
            for (int i = 0;; i++) {
                try (InputStream frame = frame(number, i)) {
                    if (frame == null) {
                        break;
                    }
                    writer.write(ImageDecoder.decode(frame, ImageLimits.DEFAULT).image(), FRAME.multipliedBy(i));
                }
            }
            writer.finish();
        }
    }

    /** Null behind the last. */
    private static InputStream frame(String number, int index) {
        return Thread.currentThread().getContextClassLoader()
                .getResourceAsStream("META-INF/resources/examples/videos/%s/%05d.jpg".formatted(number, index));
    }
}
