package io.instructseg.quarkus.runtime.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

import com.fasterxml.jackson.core.JsonGenerator;

import io.instructseg.engine.Candidates;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Segmentation;

/** Messages about a video, with their request's id and without timings: the same request gives the same bytes. */
public final class FrameMessage {

    private FrameMessage() {
    }

    /** A frame's answers, each as a picture's. */
    public static byte[] of(String id, FrameSegmentation frame) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = begin(id, out)) {
            json.writeNumberField("frame", frame.frame().index());
            json.writeNumberField("time", frame.frame().time().toNanos() / 1e9);
            json.writeArrayFieldStart("segmentations");
            for (Segmentation segmentation : frame.segmentations()) {
                JsonAnswer.segmentation(json, segmentation, Candidates.BEST);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** What comes after the last frame of a video that was segmented to its end. */
    public static byte[] summary(String id, int frames) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = begin(id, out)) {
            json.writeNumberField("frames", frames);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static JsonGenerator begin(String id, ByteArrayOutputStream out) throws IOException {
        JsonGenerator json = Json.FACTORY.createGenerator(out);
        json.writeStartObject();
        json.writeStringField("id", id);
        return json;
    }
}
