package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Segmentation;

/** A JSON object for each frame, a line each, with the names that the service's endpoint has. */
final class JsonLines implements FrameOutput {

    private final PrintWriter out;
    private final String name;
    private final Optional<PendingOutput> file;

    private JsonLines(PrintWriter out, String name, Optional<PendingOutput> file) {
        this.out = out;
        this.name = name;
        this.file = file;
    }

    /** Each line is written when its frame is answered. */
    static JsonLines to(PrintWriter out) {
        return new JsonLines(out, "standard output", Optional.empty());
    }

    static JsonLines to(Path file) throws IOException {
        PendingOutput output = new PendingOutput(file);
        try {
            PrintWriter writer = new PrintWriter(Files.newBufferedWriter(output.path(), StandardCharsets.US_ASCII));
            return new JsonLines(writer, file.toString(), Optional.of(output));
        } catch (IOException e) {
            output.close();
            throw e;
        }
    }

    @Override
    public void write(FrameSegmentation frame) throws IOException {
        ObjectNode line = Json.object();
        line.put("index", frame.frame().index()).put("time", frame.frame().time().toNanos() / 1000 / 1e6);
        ArrayNode answers = line.putArray("segmentations");
        frame.segmentations().forEach(answer -> add(answers.addObject(), answer));
        out.print(Json.text(line) + "\n");
        check();
    }

    private static void add(ObjectNode node, Segmentation answer) {
        node.put("sentence", answer.instruction().sentences().get(0)).put("task", Json.name(answer.instruction().task()))
                .put("found", answer.found()).put("score", answer.score());
        ObjectNode mask = node.putObject("mask").put("area", answer.area());
        Json.putBox(mask, answer);
        Json.putRunLengths(mask, "rle", answer.mask());
    }

    /** A writer of this kind doesn't throw, nor does standard output: whoever reads may have gone, or the disk be full. */
    private void check() throws IOException {
        if (out.checkError() || file.isEmpty() && System.out.checkError()) {
            throw new IOException(name + " can't be written to any more");
        }
    }

    @Override
    public void complete() throws IOException {
        check();
        if (file.isPresent()) {
            out.close();
            check();
            file.get().complete();
        }
    }

    @Override
    public void close() throws IOException {
        if (file.isPresent()) {
            out.close();
            file.get().close();
        }
    }
}
