package io.instructseg.quarkus.runtime.rest;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.UriInfo;

import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.runtime.wire.BoundedBytes;
import io.instructseg.quarkus.runtime.wire.JsonBody;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestFields;
import io.instructseg.quarkus.runtime.wire.RequestMemory;

/** Reads a request's fields from its body, of whichever type. */
final class RequestReader {

    private RequestReader() {
    }

    /**
     * @param memory what pictures may take
     * @throws RequestException if the body is not what is expected
     * @throws ProblemException if it is of a type that is not read
     * @throws IOException if it can't be read
     */
    static RequestFields read(InputStream body, HttpHeaders headers, UriInfo uri, RequestMemory memory) throws IOException {
        MediaType type = type(headers);
        String encoding = headers.getHeaderString(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw unsupported("Content-Encoding: found " + encoding + ", expected none");
        }
        if (type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
            requireNoFields(uri);
            return JsonBody.read(body, memory);
        }
        if (type.isCompatible(MediaType.MULTIPART_FORM_DATA_TYPE)) {
            requireNoFields(uri);
            return MultipartBody.read(body, type, memory);
        }
        if (type.getType().equalsIgnoreCase("image") || type.isCompatible(MediaType.APPLICATION_OCTET_STREAM_TYPE)) {
            return picture(body, uri, memory);
        }
        throw unsupported("Content-Type: found " + type
                + ", expected application/json, multipart/form-data, image/* or application/octet-stream");
    }

    /** A body without a type may be taken for bytes (RFC 9110, 8.3). */
    private static MediaType type(HttpHeaders headers) {
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
    private static void requireNoFields(UriInfo uri) {
        for (String name : uri.getQueryParameters().keySet()) {
            if (RequestFields.NAMES.contains(name)) {
                throw RequestException.badField(name, "found in the query, expected in the body");
            }
        }
    }

    private static RequestFields picture(InputStream body, UriInfo uri, RequestMemory memory) throws IOException {
        RequestFields fields = new RequestFields();
        for (Map.Entry<String, List<String>> parameter : uri.getQueryParameters().entrySet()) {
            for (String value : parameter.getValue()) {
                fields.text(parameter.getKey(), value);
            }
        }
        BoundedBytes bytes = new BoundedBytes(RequestFields.IMAGE, memory.maxImageBytes(), memory);
        body.transferTo(bytes);
        if (bytes.size() > 0) {
            fields.image(Image.of(bytes.toByteArray()));
        }
        return fields;
    }
}
