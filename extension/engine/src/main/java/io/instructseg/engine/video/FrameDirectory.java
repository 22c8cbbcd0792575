package io.instructseg.engine.video;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.video.VideoException.Kind;

/**
 * A folder of frames, as the data sets of the field have videos: JPEG, PNG, WebP, GIF or BMP files, all of one size, by name in
 * natural order ({@code 9.jpg} before {@code 10.jpg}). Every file must be a frame and lie in the folder itself; names that
 * begin with a dot are passed over.
 */
public final class FrameDirectory implements FrameSource {

    private static final int MAX_FILES = 1_000_000;

    private record Entry(Path file, Duration time) {
    }

    private final Path folder;
    private final ImageLimits limits;
    private final int count;
    private final Iterator<Entry> entries;
    private int index;
    private int width;
    private int height;

    private FrameDirectory(Path folder, ImageLimits limits, List<Entry> entries) {
        this.folder = folder;
        this.limits = limits;
        this.count = entries.size();
        this.entries = entries.iterator();
    }

    /**
     * Lists a folder.
     *
     * @param interval how long each frame is shown; above zero
     * @throws VideoException if there are no frames, other things than files, links out of the folder, or too many frames
     * @throws IOException if the folder can't be read
     */
    public static FrameDirectory open(Path folder, Duration interval, VideoLimits limits, FrameSelection selection)
            throws IOException {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("interval is " + interval + ", expected above zero");
        }
        Path real = folder.toRealPath();
        FrameSampler sampler = new FrameSampler(selection);
        List<Entry> entries = new ArrayList<>();
        Duration time = Duration.ZERO;
        for (Path file : files(real)) {
            if (!sampler.isFull() && !sampler.isOver(time) && sampler.takes(time)) {
                limits.checkDuration(time.minus(selection.start()));
                limits.checkFrames(entries.size() + 1L);
                entries.add(new Entry(file, time));
            }
            time = time.plus(interval);
        }
        return new FrameDirectory(real, new ImageLimits(limits.maxBytes(), limits.maxPixels()), entries);
    }

    private static List<Path> files(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, entry -> !name(entry).startsWith("."))) {
            for (Path entry : entries) {
                if (files.size() == MAX_FILES) {
                    throw new VideoException(Kind.TOO_LARGE,
                            "the folder has too many files: found more than the limit of " + MAX_FILES);
                }
                files.add(file(entry, folder));
            }
        }
        if (files.isEmpty()) {
            throw new VideoException(Kind.DAMAGED, "the folder has no frame: found no file in " + folder);
        }
        files.sort(Comparator.comparing(FrameDirectory::name, new NaturalOrder()));
        return files;
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static Path file(Path entry, Path folder) throws IOException {
        if (!Files.isRegularFile(entry)) {
            throw new VideoException(Kind.UNSUPPORTED,
                    "the folder has something else than frames: found " + name(entry) + ", expected files only");
        }
        requireWithin(entry, folder);
        return entry;
    }

    private static Path requireWithin(Path file, Path folder) throws IOException {
        Path real = file.toRealPath();
        if (!real.getParent().equals(folder)) {
            throw new VideoException(Kind.UNSUPPORTED,
                    "a frame lies elsewhere: " + name(file) + " is a link out of the folder");
        }
        return real;
    }

    /** How many frames will be taken. */
    public int frames() {
        return count;
    }

    @Override
    public Optional<Frame> next() throws VideoException {
        if (!entries.hasNext()) {
            return Optional.empty();
        }
        Entry entry = entries.next();
        try {
            return Optional.of(new Frame(index++, entry.time, decode(entry.file)));
        } catch (VideoException e) {
            throw e;
        } catch (ImageException e) {
            throw new VideoException(Kind.valueOf(e.kind().name()), "frame " + name(entry.file) + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new VideoException(Kind.DAMAGED, "frame " + name(entry.file) + " can't be read: " + e.getMessage(), e);
        }
    }

    private RgbImage decode(Path file) throws IOException {
        DecodedImage decoded = ImageDecoder.decode(requireWithin(file, folder), limits);
        RgbImage image = decoded.image();
        if (decoded.truncated()) {
            throw new VideoException(Kind.DAMAGED, "frame " + name(file) + " is incomplete: the file ends early");
        }
        if (width == 0) {
            width = image.width();
            height = image.height();
        }
        if (image.width() != width || image.height() != height) {
            throw new VideoException(Kind.UNSUPPORTED, "frames differ in size: found " + name(file) + " of " + image.width()
                    + "x" + image.height() + ", expected the first one's " + width + "x" + height);
        }
        return image;
    }

    @Override
    public void close() {
        // nothing is open between two frames
    }
}
