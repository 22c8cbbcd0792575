package io.instructseg.engine.image;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * JPEG through the JDK's libjpeg, which gives the raw components; their conversion to RGB is ours, so that neither color
 * profiles nor the JDK's guesses have a say. A truncated file is read as far as it goes.
 */
final class JpegDecoder {

    private JpegDecoder() {
    }

    static Decoded decode(byte[] data, ImageLimits limits) throws ImageException {
        JpegSegments segments = JpegSegments.read(data, limits);
        JpegSegments.Color color = segments.color();
        AtomicBoolean endedEarly = new AtomicBoolean(!segments.complete());
        byte[] components = readComponents(segments, endedEarly);
        byte[] rgb = JpegColors.toRgb(components, color);
        return new Decoded(new RgbImage(segments.width(), segments.height(), rgb), endedEarly.get(), segments.exif());
    }

    private static byte[] readComponents(JpegSegments segments, AtomicBoolean endedEarly) throws ImageException {
        ImageReader reader = jdkReader();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(segments.stripped()))) {
            reader.addIIOReadWarningListener((source, warning) -> {
                if (warning.toLowerCase(Locale.ROOT).contains("premature end")) {
                    endedEarly.set(true);
                }
            });
            reader.setInput(in, true, true);
            Raster raster = reader.readRaster(0, null);
            byte[] components = ((DataBufferByte) raster.getDataBuffer()).getData();
            if (components.length != segments.width() * segments.height() * raster.getNumBands()) {
                throw new ImageException("damaged JPEG: the decoder gave " + raster.getWidth() + "x" + raster.getHeight()
                        + ", the header claims " + segments.width() + "x" + segments.height());
            }
            return components;
        } catch (ImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // the JDK's reader throws several kinds for damaged files
            throw new ImageException("damaged JPEG: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    /** The JDK's own reader, whatever other plug-ins there are. */
    private static ImageReader jdkReader() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule() == ImageIO.class.getModule()) {
                return reader;
            }
            reader.dispose();
        }
        throw new IllegalStateException("this Java runtime has no JPEG reader of its own");
    }
}
