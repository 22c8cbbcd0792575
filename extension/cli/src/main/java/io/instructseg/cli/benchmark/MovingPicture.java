package io.instructseg.cli.benchmark;

import java.time.Duration;
import java.util.Optional;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSource;

/** A made-up video of any length: a square that moves over a ground that changes, 25 frames a second. */
public final class MovingPicture implements FrameSource {

    /** Of a frame, in pixels. */
    public static final int WIDTH = 640;
    /** Of a frame, in pixels. */
    public static final int HEIGHT = 360;

    private static final int SQUARE = 90;
    private static final Duration INTERVAL = Duration.ofMillis(40);

    private final int frames;
    private int index;

    public MovingPicture(int frames) {
        this.frames = frames;
    }

    @Override
    public Optional<Frame> next() {
        if (index == frames) {
            return Optional.empty();
        }
        Frame frame = new Frame(index, INTERVAL.multipliedBy(index), picture(index));
        index++;
        return Optional.of(frame);
    }

    private static RgbImage picture(int time) {
        byte[] pixels = new byte[WIDTH * HEIGHT * 3];
        int left = 5 * time % (WIDTH - SQUARE);
        for (int i = 0; i < pixels.length; i++) {
            int x = i / 3 % WIDTH;
            int y = i / 3 / WIDTH;
            boolean inside = x >= left && x < left + SQUARE && y >= SQUARE && y < 2 * SQUARE;
            pixels[i] = (byte) (inside ? 90 * (i % 3) : x / 4 + y / 3 + time + 40 * (i % 3));
        }
        return new RgbImage(WIDTH, HEIGHT, pixels);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
