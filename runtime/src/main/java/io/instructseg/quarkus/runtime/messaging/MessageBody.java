package io.instructseg.quarkus.runtime.messaging;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.io.IOException;
import java.io.InputStream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.instructseg.quarkus.runtime.wire.Json;
import io.instructseg.quarkus.runtime.wire.JsonBody;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestFields;
import io.instructseg.quarkus.runtime.wire.RequestMemory;
import io.instructseg.quarkus.runtime.wire.VideoFields;

/** A message: the endpoint's JSON with an id, and maybe a reference to a picture, or to a video with the fields of one. */
final class MessageBody extends JsonBody {

    static final String IMAGE_REFERENCE = "image.reference";
    static final String VIDEO_REFERENCE = "video.reference";
    private static final String REFERENCE = "reference";
    private static final String ID = "id";
    private static final int MOST_ID_CHARACTERS = 256;
    private static final int MOST_REFERENCE_CHARACTERS = 1024;

    private String id;
    private String imageReference;
    private String videoReference;
    private final VideoFields frames = new VideoFields();
    /** The last one that only a video has; null if there is none. */
    private String ofVideo;

    private MessageBody(JsonParser json, RequestMemory memory) {
        super(json, memory);
    }

    /** @throws RequestException if the message is not what is expected */
    static MessageBody parse(InputStream message, RequestMemory memory) throws IOException {
        try (JsonParser json = Json.FACTORY.createParser(message)) {
            MessageBody body = new MessageBody(json, memory);
            body.read();
            if (body.id == null) {
                throw badField(ID, "found none, expected a string");
            }
            if (body.ofVideo != null && body.videoReference == null) {
                throw badField(body.ofVideo, "found it without a video");
            }
            return body;
        }
    }

    String id() {
        return id;
    }

    /** Null if the picture is in the message, or nowhere. */
    String imageReference() {
        return imageReference;
    }

    /** Null if the message is about a picture. */
    String videoReference() {
        return videoReference;
    }

    RequestFields fields() {
        return fields;
    }

    /** @throws RequestException if there is what a video's request can't have */
    VideoFields videoFields() {
        if (imageReference != null) {
            throw badField(RequestFields.IMAGE, "found it together with a video, expected one of them");
        }
        return fields.of(frames);
    }

    @Override
    protected void field(JsonToken token) throws IOException {
        if (path.equals(ID)) {
            id = bounded(string(token), MOST_ID_CHARACTERS);
        } else if (path.equals(VideoFields.VIDEO)) {
            expect(token, JsonToken.START_OBJECT, "an object with a reference");
            videoReference = reference(VideoFields.VIDEO);
        } else if (RequestFields.NAMES.contains(path)) {
            super.field(token);
        } else if (VideoFields.NAMES.contains(path)) {
            ofVideo = path;
            frames.text(path, scalar(token));
        } else {
            throw RequestFields.unknown(path, "id, video and its fields, ");
        }
    }

    private String scalar(JsonToken token) throws IOException {
        if (!token.isNumeric() && !token.isBoolean()) {
            expect(token, JsonToken.VALUE_NUMBER_INT, path.equals(VideoFields.CAUSAL) ? "true or false" : "a number");
        }
        return json.getText();
    }

    @Override
    protected void image(JsonToken token) throws IOException {
        if (token == JsonToken.START_OBJECT) {
            imageReference = reference(RequestFields.IMAGE);
        } else {
            super.image(token);
        }
    }

    private String reference(String field) throws IOException {
        String reference = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            path = field + "." + json.currentName();
            if (!json.currentName().equals(REFERENCE)) {
                throw badField(field, "found an unknown field, expected reference");
            }
            reference = bounded(string(json.nextToken()), MOST_REFERENCE_CHARACTERS);
        }
        if (reference == null) {
            throw badField(field, "found no reference in it");
        }
        return reference;
    }

    private String bounded(String value, int most) {
        if (value.isBlank() || value.length() > most) {
            throw badField(path, "found " + (value.isBlank() ? "a blank string" : value.length() + " characters")
                    + ", expected 1 to " + most + " characters");
        }
        return value;
    }
}
