package io.instructseg.engine.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The preprocessing goldens of the official code: see their README. */
final class Goldens {

    static final Path DIRECTORY = Path.of(System.getProperty("instructseg.test-data"), "golden", "preprocessing");

    private Goldens() {
    }

    static JsonNode images() throws IOException {
        return new ObjectMapper().readTree(DIRECTORY.resolve("images.json").toFile());
    }

    /** The cases that Pillow decodes. */
    static List<JsonNode> decodable() throws IOException {
        return StreamSupport.stream(images().get("cases").spliterator(), false).filter(c -> c.has("pil_decoded")).toList();
    }

    static String name(JsonNode imageCase) {
        return imageCase.get("file").asText().substring("images/".length());
    }

    static byte[] bytes(String file) throws IOException {
        return Files.readAllBytes(DIRECTORY.resolve(file));
    }

    static RgbImage decode(String file) throws IOException {
        return ImageDecoder.decode(DIRECTORY.resolve(file), ImageLimits.DEFAULT).image();
    }

    static String sha256(RgbImage image) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image.pixels()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The uint8 tensors of a safetensors file. */
    record Tensors(JsonNode header, byte[] file, int start) {

        static Tensors read(String name) throws IOException {
            byte[] file = bytes(name);
            int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
            JsonNode header = new ObjectMapper().readTree(new String(file, 8, length, StandardCharsets.UTF_8));
            return new Tensors(header, file, 8 + length);
        }

        boolean has(String name) {
            return header.has(name);
        }

        /** A {@code [height, width, 3]} tensor. */
        RgbImage image(String name) {
            JsonNode tensor = header.get(name);
            JsonNode offsets = tensor.get("data_offsets");
            byte[] pixels = Arrays.copyOfRange(file, start + offsets.get(0).asInt(), start + offsets.get(1).asInt());
            return new RgbImage(tensor.get("shape").get(1).asInt(), tensor.get("shape").get(0).asInt(), pixels);
        }
    }
}
