package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.instructseg.cli.benchmark.LoadReport.Load;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.session.MatrixProduct;
import io.instructseg.format.Precision;

/**
 * Loads a model, asks it about a picture twice and unloads it, several times in one process: what loading takes beside reading
 * the files, and what of the memory comes back.
 */
public record LoadBenchmark(DecodedImage image, int loads, Watcher watcher) {

    /**
     * @param directory where the model lies
     * @throws IOException if it can't be loaded, or the system does not tell the process' memory
     */
    public LoadReport run(Path directory, PictureBenchmark.Loading loading, Conditions conditions) throws IOException {
        // TensorFlow itself, which stays
        new MatrixProduct(Precision.FLOAT32).close();
        List<Load> measured = new ArrayList<>();
        for (int i = 0; i < loads; i++) {
            measured.add(load(loading));
        }
        watcher.step("reading the files");
        return new LoadReport(conditions, DiskRead.of(directory), measured);
    }

    private Load load(PictureBenchmark.Loading loading) throws IOException {
        long before = ResidentMemory.afterCollecting();
        ResidentMemory.forgetPeak();
        long start = System.nanoTime();
        double seconds;
        double answer;
        long loaded;
        try (SegmentationModel model = loading.load()) {
            seconds = (System.nanoTime() - start) * 1e-9;
            loaded = ResidentMemory.afterCollecting();
            PictureRequest request = new PictureRequest(model, image);
            watcher.step("first answer");
            answer = request.run(1).seconds();
            watcher.step("second answer");
            request.run(1);
        }
        long most = Math.max(loaded, ResidentMemory.peak().orElse(0));
        return Load.of(seconds, answer, before, loaded, most, ResidentMemory.afterCollecting());
    }
}
