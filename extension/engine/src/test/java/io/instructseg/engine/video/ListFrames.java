package io.instructseg.engine.video;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.instructseg.engine.image.RgbImage;

/** Frames that are at hand; knows how many were read, and whether it was closed. */
public final class ListFrames implements FrameSource {

    private final List<RgbImage> images;
    private final Optional<VideoException> damage;
    private int read;
    private boolean closed;

    private ListFrames(List<RgbImage> images, Optional<VideoException> damage) {
        this.images = images;
        this.damage = damage;
    }

    public static ListFrames of(List<RgbImage> images) {
        return new ListFrames(images, Optional.empty());
    }

    /** Damaged behind the last of them. */
    public static ListFrames damaged(List<RgbImage> images) {
        return new ListFrames(images, Optional.of(new VideoException(VideoException.Kind.DAMAGED, "made up")));
    }

    /** A square that moves over a ground that changes. */
    public static List<RgbImage> moving(int frames) {
        List<RgbImage> images = new ArrayList<>();
        for (int frame = 0; frame < frames; frame++) {
            byte[] pixels = new byte[90 * 60 * 3];
            for (int i = 0; i < pixels.length; i++) {
                int x = i / 3 % 90;
                int y = i / 3 / 90;
                boolean inside = Math.abs(x - 10 - 5 * frame % 70) < 9 && Math.abs(y - 30) < 12;
                pixels[i] = (byte) (inside ? 90 * (i % 3) : x + 2 * y + 7 * frame + 40 * (i % 3));
            }
            images.add(new RgbImage(90, 60, pixels));
        }
        return images;
    }

    @Override
    public Optional<Frame> next() throws VideoException {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (read == images.size()) {
            if (damage.isPresent()) {
                throw damage.get();
            }
            return Optional.empty();
        }
        Frame frame = new Frame(read, Duration.ofMillis(40L * read), images.get(read));
        read++;
        return Optional.of(frame);
    }

    public int read() {
        return read;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
