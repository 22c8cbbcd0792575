package io.instructseg.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Decodes JPEG, PNG, WebP, GIF (first frame) and BMP to what the official code's Swin branch sees:
 * {@code convert_PIL_to_numpy(_apply_exif_orientation(Image.open(file)), "RGB")} with Pillow 10.2 and
 * {@code LOAD_TRUNCATED_IMAGES}. So alpha is dropped, not composited, and color profiles are ignored. The format is told
 * by the first bytes; anything else is refused.
 */
public final class ImageDecoder {

    private static final byte[] PNG = { (byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
    private static final byte[] JPEG = { (byte) 0xff, (byte) 0xd8, (byte) 0xff };

    private ImageDecoder() {
    }

    /**
     * Decodes a file.
     *
     * @throws ImageException if it is no picture that can be decoded within the limits
     * @throws IOException if the file can't be read
     */
    public static DecodedImage decode(Path file, ImageLimits limits) throws IOException {
        limits.checkBytes(Files.isRegularFile(file) ? Files.size(file) : 1);
        try (InputStream in = Files.newInputStream(file)) {
            return decode(in, limits);
        }
    }

    /**
     * Decodes what a stream holds, which is read to its end or, if there is more, one byte beyond the limit. The stream is not
     * closed.
     *
     * @throws ImageException if it is no picture that can be decoded within the limits
     * @throws IOException if the stream can't be read
     */
    public static DecodedImage decode(InputStream stream, ImageLimits limits) throws IOException {
        return decode(stream.readNBytes(limits.mostBytes() + 1), limits);
    }

    /**
     * Decodes a file's bytes.
     *
     * @throws ImageException if they are no picture that can be decoded within the limits
     */
    public static DecodedImage decode(byte[] data, ImageLimits limits) throws ImageException {
        limits.checkBytes(data.length);
        try {
            Decoded decoded = decodeFormat(data, limits);
            return new DecodedImage(Orientation.of(decoded.exif()).apply(decoded.image()), decoded.truncated());
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new ImageException("the picture is damaged or ends within its header (" + data.length + " bytes)", e);
        }
    }

    private static Decoded decodeFormat(byte[] data, ImageLimits limits) throws ImageException {
        if (startsWith(data, JPEG)) {
            return JpegDecoder.decode(data, limits);
        }
        if (startsWith(data, PNG)) {
            return PngDecoder.decode(data, limits);
        }
        if (startsWith(data, ascii("GIF87a")) || startsWith(data, ascii("GIF89a"))) {
            return GifDecoder.decode(data, limits);
        }
        if (startsWith(data, ascii("RIFF")) && startsWith(data, 8, ascii("WEBP"))) {
            return WebpDecoder.decode(data, limits);
        }
        if (startsWith(data, ascii("BM"))) {
            return BmpDecoder.decode(data, limits);
        }
        throw new ImageException(ImageException.Kind.UNSUPPORTED, "not a picture of a known format: found the first bytes "
                + hex(Arrays.copyOf(data, Math.min(data.length, 8))) + ", expected JPEG, PNG, WebP, GIF or BMP");
    }

    private static byte[] ascii(String signature) {
        return signature.getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean startsWith(byte[] data, byte[] signature) {
        return startsWith(data, 0, signature);
    }

    private static boolean startsWith(byte[] data, int from, byte[] signature) {
        int to = from + signature.length;
        return data.length >= to && Arrays.equals(data, from, to, signature, 0, signature.length);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
