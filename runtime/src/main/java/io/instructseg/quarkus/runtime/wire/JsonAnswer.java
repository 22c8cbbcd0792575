package io.instructseg.quarkus.runtime.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonGenerator;

import io.instructseg.engine.Candidate;
import io.instructseg.engine.Candidates;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.mask.Box;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.Polygon;
import io.instructseg.engine.mask.Ring;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.instructseg.format.Signature;

/** Writes answers as JSON while they are sent: run lengths and polygons exist for one mask at a time. */
public final class JsonAnswer {

    /** A megabyte or so of coordinates, at most: what has more is noise, which run lengths tell as well. */
    public static final long MOST_CORNERS = 100_000;

    private final List<Item> items;
    private final boolean truncated;
    private final Map<Signature, Duration> timings;

    /**
     * @param candidates which were asked for
     * @param explained whether explanations were asked for
     */
    public JsonAnswer(List<Segmentation> segmentations, Candidates candidates, boolean explained) {
        this.items = segmentations.stream().map(one -> Item.of(one, candidates, explained)).toList();
        this.truncated = segmentations.get(0).image().truncated();
        this.timings = segmentations.get(0).timings();
    }

    /** The endpoint's answer. */
    public void write(OutputStream out) throws IOException {
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            answer(json);
            timings(json);
            json.writeEndObject();
        }
    }

    /** A message with its request's id and without timings: the same request gives the same bytes. */
    public void writeMessage(String id, OutputStream out) throws IOException {
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("id", id);
            answer(json);
            json.writeEndObject();
        }
    }

    private void answer(JsonGenerator json) throws IOException {
        image(json, items.get(0).mask());
        json.writeArrayFieldStart("segmentations");
        for (Item item : items) {
            item(json, item);
        }
        json.writeEndArray();
    }

    /** Of the mask's size. */
    private void image(JsonGenerator json, Mask mask) throws IOException {
        json.writeObjectFieldStart("image");
        json.writeNumberField("width", mask.width());
        json.writeNumberField("height", mask.height());
        json.writeBooleanField("truncated", truncated);
        json.writeEndObject();
    }

    /** Of a video's frame. */
    static void segmentation(JsonGenerator json, Segmentation segmentation) throws IOException {
        item(json, Item.of(segmentation, Candidates.BEST, false));
    }

    private static void item(JsonGenerator json, Item item) throws IOException {
        json.writeStartObject();
        json.writeStringField("sentence", item.instruction().sentences().get(0));
        json.writeStringField("task", item.instruction().task().name().toLowerCase(Locale.ROOT));
        json.writeBooleanField("found", item.found());
        json.writeNumberField("score", item.score());
        mask(json, item.mask());
        if (item.explained()) {
            json.writeStringField("explanation", item.explanation().orElse(null));
        }
        if (!item.candidates().isEmpty()) {
            json.writeArrayFieldStart("candidates");
            for (Candidate candidate : item.candidates()) {
                candidate(json, candidate);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void candidate(JsonGenerator json, Candidate candidate) throws IOException {
        json.writeStartObject();
        json.writeNumberField("query", candidate.query());
        json.writeNumberField("score", candidate.score());
        mask(json, candidate.mask());
        json.writeEndObject();
    }

    private static void mask(JsonGenerator json, Mask mask) throws IOException {
        json.writeObjectFieldStart("mask");
        json.writeNumberField("area", mask.area());
        box(json, mask.boundingBox().orElse(null));
        RunLengthEncoding runs = RunLengthEncoding.encode(mask);
        json.writeObjectFieldStart("rle");
        json.writeFieldName("size");
        json.writeArray(new int[] { runs.height(), runs.width() }, 0, 2);
        json.writeStringField("counts", runs.counts());
        json.writeEndObject();
        polygons(json, mask);
        json.writeEndObject();
    }

    private static void box(JsonGenerator json, Box box) throws IOException {
        if (box == null) {
            json.writeNullField("box");
            return;
        }
        json.writeObjectFieldStart("box");
        json.writeNumberField("x", box.x());
        json.writeNumberField("y", box.y());
        json.writeNumberField("width", box.width());
        json.writeNumberField("height", box.height());
        json.writeEndObject();
    }

    /** As the coordinates of a GeoJSON MultiPolygon. */
    private static void polygons(JsonGenerator json, Mask mask) throws IOException {
        if (mask.cornerCount() > MOST_CORNERS) {
            json.writeNullField("polygons");
            return;
        }
        json.writeArrayFieldStart("polygons");
        for (Polygon polygon : mask.polygons()) {
            json.writeStartArray();
            ring(json, polygon.exterior());
            for (Ring hole : polygon.holes()) {
                ring(json, hole);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void ring(JsonGenerator json, Ring ring) throws IOException {
        json.writeStartArray();
        for (int i = 0; i <= ring.size(); i++) {
            int corner = i % ring.size();
            json.writeArray(new int[] { ring.x(corner), ring.y(corner) }, 0, 2);
        }
        json.writeEndArray();
    }

    /** In milliseconds, in the order of the stages. */
    private void timings(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("timings");
        for (Map.Entry<Signature, Duration> stage : new TreeMap<>(timings).entrySet()) {
            Json.milliseconds(json, stage.getKey().key(), stage.getValue());
        }
        json.writeEndObject();
    }

    /** What is written of a segmentation: without the picture, which would be held until a slow client has read all. */
    private record Item(Instruction instruction, boolean found, double score, Mask mask, List<Candidate> candidates,
            boolean explained, Optional<String> explanation) {

        static Item of(Segmentation segmentation, Candidates wanted, boolean explained) {
            return new Item(segmentation.instruction(), segmentation.found(), segmentation.score(), segmentation.mask(),
                    wanted == Candidates.ALL ? segmentation.candidates() : List.of(), explained, segmentation.explanation());
        }
    }
}
