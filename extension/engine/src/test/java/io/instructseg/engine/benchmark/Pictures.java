package io.instructseg.engine.benchmark;

import java.awt.image.BufferedImage;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.mask.Mask;

/** What the benchmarks work on. */
final class Pictures {

    static final int WIDTH = 1280;
    static final int HEIGHT = 960;

    private Pictures() {
    }

    /** Waves with a little noise: packs about as well as a photo's PNG. */
    static RgbImage picture() {
        byte[] pixels = new byte[WIDTH * HEIGHT * 3];
        for (int i = 0; i < pixels.length; i++) {
            int x = i / 3 % WIDTH;
            int y = i / 3 / WIDTH;
            pixels[i] = (byte) (128 + 90 * Math.sin(x * 0.013 + y * 0.007 + i % 3) + (i * 2654435761L >>> 29 & 7));
        }
        return new RgbImage(WIDTH, HEIGHT, pixels);
    }

    static BufferedImage buffered(RgbImage image) {
        BufferedImage buffered = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
        byte[] rgb = image.pixels();
        for (int i = 0; i < image.width() * image.height(); i++) {
            int pixel = (rgb[3 * i] & 255) << 16 | (rgb[3 * i + 1] & 255) << 8 | rgb[3 * i + 2] & 255;
            buffered.setRGB(i % image.width(), i / image.width(), pixel);
        }
        return buffered;
    }

    /** A blob with a wavy border and holes, about a fifth of the picture. */
    static Mask mask(int shift) {
        boolean[] values = new boolean[WIDTH * HEIGHT];
        for (int i = 0; i < values.length; i++) {
            double x = i % WIDTH - WIDTH / 2.0 - shift;
            double y = i / WIDTH - HEIGHT / 2.0;
            double radius = 280 + 40 * Math.sin(9 * Math.atan2(y, x));
            values[i] = Math.hypot(x, y) < radius && Math.sin(x * 0.05) * Math.sin(y * 0.05) < 0.9;
        }
        return Mask.of(WIDTH, HEIGHT, values);
    }
}
