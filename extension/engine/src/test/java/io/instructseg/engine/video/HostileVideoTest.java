package io.instructseg.engine.video;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.instructseg.engine.video.VideoException.Kind;

/** Whatever a file holds: frames and then the end or a {@link VideoException}, in bounded time and memory. */
@Timeout(120)
class HostileVideoTest {

    private static final VideoLimits LIMITS = new VideoLimits(200, Duration.ofMinutes(1), 100_000, 1 << 20);
    private static final int MUTATIONS = 60;

    @TempDir
    static Path directory;

    /** What became of a file. */
    private record Outcome(int frames, Optional<VideoException> error) {
    }

    static List<Path> samples() throws IOException {
        try (Stream<Path> goldens = Files.list(VideoGoldens.DIRECTORY);
                Stream<Path> others = Files.list(
                        VideoFormatsTest.DIRECTORY)) {
            return Stream.concat(goldens, others).filter(file -> file.toString().matches(".*\\.(mp4|mov|mkv|webm|gif)"))
                    .sorted()
                    .toList();
        }
    }

    private static Outcome decode(byte[] data) {
        return decode(data, LIMITS);
    }

    private static Outcome decode(byte[] data, VideoLimits limits) {
        int frames = 0;
        try {
            Path file = Files.write(directory.resolve("hostile.mp4"), data);
            try (VideoDecoder decoder = VideoDecoder.open(file, limits, FrameSelection.ALL)) {
                for (Optional<Frame> frame = decoder.next(); frame.isPresent(); frame = decoder.next()) {
                    assertThat(frame.get().image().pixels().length).isLessThanOrEqualTo((int) limits.maxPixels() * 3);
                    frames++;
                }
            }
            return new Outcome(frames, Optional.empty());
        } catch (VideoException e) {
            assertThat(e.getMessage()).matches("[ -~]{10,400}");
            return new Outcome(frames, Optional.of(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void mutatedFiles(Path sample) throws IOException {
        byte[] data = Files.readAllBytes(sample);
        Random random = new Random(20241214);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = data.clone();
            for (int n = 1 << random.nextInt(5); n > 0; n--) {
                int reach = random.nextInt(3) == 0 ? Math.min(data.length, 200) : data.length;
                mutated[random.nextInt(reach)] = (byte) (random.nextInt(4) == 0 ? -1 : random.nextInt(256));
            }
            refused += decode(mutated).error().isPresent() ? 1 : 0;
        }
        assertThat(refused).isPositive();
        assertThat(FileInput.openCount()).isZero();
    }

    /** What a whole file gives is given up to where it is cut; that it was cut is said. */
    @ParameterizedTest
    @MethodSource("samples")
    void truncatedFiles(Path sample) throws IOException {
        byte[] data = Files.readAllBytes(sample);
        Outcome whole = decode(data);
        int before = 0;
        for (int part = 0; part < 20; part++) {
            Outcome cut = decode(Arrays.copyOf(data, data.length * part / 20));
            assertThat(cut.frames()).isBetween(before, whole.frames());
            assertThat(cut.error()).as(sample.getFileName() + " " + part + "/20").isPresent();
            before = cut.frames();
        }
    }

    @Test
    void noVideosAtAll() {
        Random random = new Random(7);
        for (int length : new int[] { 1, 3, 4, 8, 11, 12, 100, 5000 }) {
            byte[] noise = new byte[length];
            random.nextBytes(noise);
            assertRefused(noise, Kind.UNSUPPORTED, "not a video of a known format");
        }
        assertRefused(new byte[0], Kind.DAMAGED, "empty");
        assertRefused("This is a text about videos.".getBytes(US_ASCII), Kind.UNSUPPORTED, "not a video");
    }

    /** Formats that make FFmpeg open other files or addresses. */
    @ParameterizedTest
    @MethodSource("playlists")
    void playlistsAreNotFollowed(String text) {
        assertRefused(text.getBytes(US_ASCII), Kind.UNSUPPORTED, "not a video of a known format");
    }

    static List<String> playlists() {
        String golden = VideoGoldens.file("vp8.webm").toAbsolutePath().toString();
        return List.of("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://" + golden + "\n#EXT-X-ENDLIST\n",
                "ffconcat version 1.0\nfile '" + golden + "'\n", "file '" + golden + "'\n",
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"></MPD>",
                "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n", "YUV4MPEG2 W64 H48 F30:1\nFRAME\n");
    }

    private static void assertRefused(byte[] data, Kind kind, String message) {
        Outcome outcome = decode(data);
        assertThat(outcome.frames()).isZero();
        assertThat(outcome.error().orElseThrow().kind()).isEqualTo(kind);
        assertThat(outcome.error().orElseThrow()).hasMessageContaining(message);
    }

    /** 65535 x 65535 pixels, 13 GB, in a few bytes. */
    @Test
    void aHugeSizeIsRefusedBeforeMemoryIsTaken() throws IOException {
        ByteBuffer gif = ByteBuffer.wrap(Files.readAllBytes(VideoFormatsTest.DIRECTORY.resolve("anim.gif")))
                .order(ByteOrder.LITTLE_ENDIAN);
        gif.putShort(6, (short) 0xffff).putShort(8, (short) 0xffff);
        Outcome outcome = decode(gif.array(), VideoLimits.DEFAULT);
        assertThat(outcome.error().orElseThrow().kind()).isEqualTo(Kind.TOO_LARGE);
        assertThat(outcome.error().orElseThrow()).hasMessageContaining("65535x65535");
    }

    /** The stream's own header says more than the container's: MP4 says 64x48 in its track, H.264 what it likes. */
    @Test
    void aSmallContainerHidesNoLargeStream() throws IOException {
        byte[] data = Files.readAllBytes(VideoGoldens.file("bframes.mp4"));
        ByteBuffer mp4 = ByteBuffer.wrap(data);
        int entry = indexOf(data, "stsd") + 16;
        assertThat(mp4.getShort(entry + 28)).isEqualTo((short) 64);
        mp4.putShort(entry + 28, (short) 8).putShort(entry + 30, (short) 8);
        VideoLimits limits = new VideoLimits(200, Duration.ofMinutes(1), 1000, 1 << 20);
        Outcome outcome = decode(data, limits);
        assertThat(outcome.frames()).isZero();
        assertThat(outcome.error().orElseThrow().kind()).isEqualTo(Kind.TOO_LARGE);
    }

    /** The first box says that it is 2^62 bytes long: what follows would be there. */
    @Test
    void aPlaceFarBeyondTheEndIsNoFailureToRead() {
        ByteBuffer mp4 = ByteBuffer.allocate(64).putInt(1).put("free".getBytes(US_ASCII)).putLong(1L << 62);
        Outcome outcome = decode(mp4.array());
        assertThat(outcome.error().orElseThrow().kind()).isEqualTo(Kind.DAMAGED);
    }

    /** A track whose data are in another file, by a path: the reference is not followed. */
    @Test
    void externalReferencesAreNotFollowed() throws IOException {
        byte[] data = Files.readAllBytes(VideoGoldens.file("vfr.mp4"));
        int reference = indexOf(data, "url ");
        data[reference + 7] = 0; // the flag that the data are in this file
        Outcome outcome = decode(data);
        assertThat(outcome.frames()).isBetween(0, 14);
        assertThat(FileInput.openCount()).isZero();
    }

    private static int indexOf(byte[] data, String text) {
        byte[] wanted = text.getBytes(US_ASCII);
        for (int i = 0; i + wanted.length <= data.length; i++) {
            if (Arrays.equals(data, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        throw new AssertionError("no " + text);
    }

    @Test
    void whatIsNoFileIsRefused() {
        assertThatThrownBy(() -> VideoDecoder.open(directory, LIMITS, FrameSelection.ALL)).isInstanceOf(VideoException.class)
                .hasMessageContaining("not a file");
        assertThatThrownBy(() -> VideoDecoder.open(directory.resolve("missing.mp4"), LIMITS, FrameSelection.ALL))
                .isInstanceOf(java.nio.file.NoSuchFileException.class);
    }
}
