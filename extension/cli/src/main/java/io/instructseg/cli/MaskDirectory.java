package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import io.instructseg.engine.FrameSegmentation;

/** A PNG of labels for each frame, as the DAVIS data set and those after it have them. */
final class MaskDirectory implements FrameOutput {

    private final PendingOutput output;

    MaskDirectory(Path directory) throws IOException {
        output = new PendingOutput(directory);
        try {
            Files.createDirectory(output.path());
        } catch (IOException e) {
            output.close();
            throw e;
        }
    }

    @Override
    public void write(FrameSegmentation frame) throws IOException {
        String name = String.format(Locale.ROOT, "%05d.png", frame.frame().index());
        Files.write(output.path().resolve(name), frame.labels().toPng());
    }

    @Override
    public void complete() throws IOException {
        output.complete();
    }

    @Override
    public void close() throws IOException {
        output.close();
    }
}
