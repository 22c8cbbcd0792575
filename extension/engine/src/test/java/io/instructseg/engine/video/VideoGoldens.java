package io.instructseg.engine.video;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.image.RgbImage;

/** Videos and what FFmpeg 5.1 decoded of them: see the README of the preprocessing goldens. */
final class VideoGoldens {

    static final Path DIRECTORY = Path.of(System.getProperty("instructseg.test-data"), "golden", "preprocessing", "video");

    private VideoGoldens() {
    }

    static Path file(String name) {
        return DIRECTORY.resolve(name);
    }

    static List<JsonNode> all() {
        try {
            JsonNode cases = new ObjectMapper().readTree(file("video.json").toFile());
            return StreamSupport.stream(cases.spliterator(), false).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that can be opened. */
    static Stream<String> decodable() {
        return all().stream().filter(golden -> golden.has("frames")).map(golden -> golden.get("file").asText());
    }

    static JsonNode golden(String name) {
        return all().stream().filter(golden -> golden.get("file").asText().equals(name)).findFirst().orElseThrow();
    }

    static VideoDecoder open(String name) throws IOException {
        return VideoDecoder.open(file(name), VideoLimits.DEFAULT, FrameSelection.ALL);
    }

    /** A decoded frame's planes, without what lies between their rows. */
    static byte[] planes(AVFrame frame) {
        int size = avutil.av_image_get_buffer_size(frame.format(), frame.width(), frame.height(), 1);
        byte[] planes = new byte[size];
        try (BytePointer buffer = new BytePointer(size)) {
            avutil.av_image_copy_to_buffer(buffer, size, frame.data(), frame.linesize(), frame.format(), frame.width(),
                    frame.height(), 1);
            buffer.get(planes);
        }
        return planes;
    }

    /** The first 32 hexadecimal digits, as the goldens have them. */
    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)).substring(0, 32);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The frames up to the end or to the damage. */
    static List<Frame> frames(FrameSource source) throws IOException {
        List<Frame> frames = new ArrayList<>();
        try {
            for (Optional<Frame> frame = source.next(); frame.isPresent(); frame = source.next()) {
                frames.add(frame.get());
            }
        } catch (VideoException e) {
            if (e.kind() != VideoException.Kind.DAMAGED) {
                throw e;
            }
        }
        return frames;
    }

    /** The mean difference of two pictures' values, in levels. */
    static double meanDifference(RgbImage a, RgbImage b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new AssertionError(a.width() + "x" + a.height() + " and " + b.width() + "x" + b.height());
        }
        long sum = 0;
        for (int i = 0; i < a.pixels().length; i++) {
            sum += Math.abs((a.pixels()[i] & 0xff) - (b.pixels()[i] & 0xff));
        }
        return (double) sum / a.pixels().length;
    }
}
