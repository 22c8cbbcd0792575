package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

import io.instructseg.engine.VideoSegmentation;
import io.instructseg.engine.session.MatrixProduct;
import io.instructseg.format.Precision;

/**
 * What a video took.
 *
 * @param seconds of a frame, the median: the first one's references and the last ones' missing ones don't show
 * @param productRate of a matrix product in turn with the first 20 frames, in floating-point operations a second: each time the
 *        best of several, of these the median
 * @param memory resident bytes of the process after so many frames: 1,000 and all; empty where the system doesn't tell
 */
record VideoMeasurement(double seconds, double productRate, Map<Long, Long> memory) {

    private static final long FIRST_READING = 1000;
    /** Products take time of their own: fewer as the video gets longer. */
    private static final int MOST_PRODUCTS = 20;

    /**
     * Segments a video.
     *
     * @param precision of the matrix product
     * @param progress is told how many frames are done
     * @throws IOException if the video ends before its time, or has no frame
     */
    static VideoMeasurement of(VideoSegmentation video, Precision precision, LongConsumer progress) throws IOException {
        List<Double> seconds = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        Map<Long, Long> memory = new TreeMap<>();
        try (MatrixProduct product = new MatrixProduct(precision)) {
            product.rate();
            boolean more = true;
            while (more) {
                progress.accept(seconds.size());
                if (rates.size() < MOST_PRODUCTS) {
                    rates.add(product.rate());
                }
                long start = System.nanoTime();
                more = video.next().isPresent();
                if (more) {
                    seconds.add((System.nanoTime() - start) * 1e-9);
                    read(seconds.size(), seconds.size() == FIRST_READING, memory);
                }
            }
        }
        if (seconds.isEmpty()) {
            throw new IOException("the video has no frame");
        }
        read(seconds.size(), true, memory);
        return new VideoMeasurement(Samples.median(seconds), Samples.median(rates), memory);
    }

    private static void read(long frames, boolean due, Map<Long, Long> memory) {
        if (due) {
            ResidentMemory.now().ifPresent(bytes -> memory.put(frames, bytes));
        }
    }
}
