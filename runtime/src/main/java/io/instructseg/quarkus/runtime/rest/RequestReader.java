package io.instructseg.quarkus.runtime.rest;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.UriInfo;

import io.instructseg.quarkus.runtime.wire.AnswerFields;
import io.instructseg.quarkus.runtime.wire.JsonBody;
import io.instructseg.quarkus.runtime.wire.QuestionBody;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestFields;
import io.instructseg.quarkus.runtime.wire.RequestMemory;

/** Reads a request's fields from its body, of whichever type, and from the query. */
final class RequestReader {

    private RequestReader() {
    }

    /**
     * A request about a picture.
     *
     * @param memory what pictures may take
     * @throws RequestException if the body is not what is expected
     * @throws ProblemException if it is of a type that is not read
     * @throws IOException if it can't be read
     */
    static RequestFields picture(InputStream body, HttpHeaders headers, UriInfo uri, RequestMemory memory)
            throws IOException {
        MediaType type = type(headers);
        if (type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
            requireNoFields(uri, RequestFields.NAMES);
            return JsonBody.read(body, memory);
        }
        RequestFields fields = new RequestFields();
        read(body, type, uri, new PictureForm(fields, fields::image, memory), memory, "application/json, ");
        return fields;
    }

    /**
     * A question.
     *
     * @param fields that are read
     * @param memory what pictures may take
     * @throws RequestException if the body is not what is expected
     * @throws ProblemException if it is of a type that is not read
     * @throws IOException if it can't be read
     */
    static void question(InputStream body, HttpHeaders headers, UriInfo uri, AnswerFields fields, RequestMemory memory)
            throws IOException {
        MediaType type = type(headers);
        requireNoFields(uri, fields.names());
        if (type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
            QuestionBody.read(body, fields, memory);
        } else if (type.isCompatible(MediaType.MULTIPART_FORM_DATA_TYPE)) {
            MultipartBody.read(body, type, new PictureForm(fields, fields::image, memory), memory);
        } else {
            throw unsupported("Content-Type: found " + type + ", expected application/json or multipart/form-data");
        }
    }

    /**
     * A request about a video.
     *
     * @param form takes the video's file
     * @throws RequestException if the body is not what is expected
     * @throws ProblemException if it is of a type that is not read
     * @throws IOException if it can't be read
     */
    static void video(InputStream body, HttpHeaders headers, UriInfo uri, VideoForm form) throws IOException {
        try (RequestMemory memory = new RequestMemory(0)) {
            read(body, type(headers), uri, form, memory, "");
        }
    }

    private static void read(InputStream body, MediaType type, UriInfo uri, Form form, RequestMemory memory, String more)
            throws IOException {
        // the file's field has the name of its types
        if (type.getType().equalsIgnoreCase(form.file()) || type.isCompatible(MediaType.APPLICATION_OCTET_STREAM_TYPE)) {
            file(body, uri, form);
        } else if (type.isCompatible(MediaType.MULTIPART_FORM_DATA_TYPE)) {
            requireNoFields(uri, form.fields().names());
            MultipartBody.read(body, type, form, memory);
        } else {
            throw unsupported("Content-Type: found " + type + ", expected " + more + "multipart/form-data, " + form.file()
                    + "/* or application/octet-stream");
        }
    }

    /** A body without a type may be taken for bytes (RFC 9110, 8.3). */
    private static MediaType type(HttpHeaders headers) {
        String encoding = headers.getHeaderString(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw unsupported("Content-Encoding: found " + encoding + ", expected none");
        }
        String type = headers.getHeaderString(HttpHeaders.CONTENT_TYPE);
        try {
            return type == null ? MediaType.APPLICATION_OCTET_STREAM_TYPE : MediaType.valueOf(type);
        } catch (IllegalArgumentException e) {
            throw unsupported("Content-Type: found '" + type + "', which is no media type");
        }
    }

    private static ProblemException unsupported(String detail) {
        return new ProblemException(Status.UNSUPPORTED_MEDIA_TYPE, null, detail);
    }

    /** A field in the wrong place must not pass for the default. */
    private static void requireNoFields(UriInfo uri, Set<String> names) {
        for (String name : uri.getQueryParameters().keySet()) {
            if (names.contains(name)) {
                throw RequestException.badField(name, "found in the query, expected in the body");
            }
        }
    }

    private static void file(InputStream body, UriInfo uri, Form form) throws IOException {
        for (Map.Entry<String, List<String>> parameter : uri.getQueryParameters().entrySet()) {
            for (String value : parameter.getValue()) {
                form.fields().text(parameter.getKey(), value);
            }
        }
        if (body.transferTo(form.open()) > 0) {
            form.received();
        }
    }
}
