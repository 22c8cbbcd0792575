package io.instructseg.quarkus.runtime.wire;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonGenerator;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Segmentation;

/**
 * The answers about a video as JSON on one line each: one for each frame, and a summary behind the last. Without timings, so
 * that the same request gives the same bytes.
 */
public final class JsonFrame {

    private JsonFrame() {
    }

    /** A frame's answers, each as a picture's. */
    public static byte[] of(FrameSegmentation frame) {
        return Json.line(json -> write(frame, json));
    }

    /** The same as a message, with its request's id. */
    public static byte[] message(String id, FrameSegmentation frame) {
        return Json.line(json -> {
            json.writeStringField("id", id);
            write(frame, json);
        });
    }

    private static void write(FrameSegmentation frame, JsonGenerator json) throws IOException {
        json.writeNumberField("index", frame.frame().index());
        json.writeNumberField("time", frame.frame().time().toNanos() / 1e9);
        json.writeArrayFieldStart("segmentations");
        for (Segmentation segmentation : frame.segmentations()) {
            JsonAnswer.segmentation(json, segmentation);
        }
        json.writeEndArray();
    }

    /** What stands behind the last frame of a video that was segmented to its end. */
    public static byte[] summary(long frames) {
        return Json.line(json -> {
            json.writeNumberField("frames", frames);
            json.writeStringField("ended", "complete");
        });
    }

    /** The same as a message, with its request's id. */
    public static byte[] summaryMessage(String id, long frames) {
        return Json.line(json -> {
            json.writeStringField("id", id);
            json.writeNumberField("frames", frames);
        });
    }
}
