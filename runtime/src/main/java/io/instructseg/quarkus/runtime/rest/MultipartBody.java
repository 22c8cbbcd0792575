package io.instructseg.quarkus.runtime.rest;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

import org.jboss.resteasy.reactive.common.headers.HeaderUtil;
import org.jboss.resteasy.reactive.common.util.CaseInsensitiveMap;
import org.jboss.resteasy.reactive.server.core.multipart.MultipartParser;

import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.runtime.wire.BoundedBytes;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestFields;
import io.instructseg.quarkus.runtime.wire.RequestMemory;

/**
 * Reads a form (RFC 7578) part by part as it arrives, so that a wrong one ends the reading. With Quarkus REST's parser, but
 * not with its form parameters: their failures could not be told from those of the service.
 */
final class MultipartBody implements MultipartParser.PartHandler {

    /** RFC 2046. */
    private static final int MOST_BOUNDARY_CHARACTERS = 70;
    /** UTF-8 has up to that many bytes for a Java character. */
    private static final int BYTES_PER_CHARACTER = 3;
    private static final Set<String> PLAIN = Set.of("7bit", "8bit", "binary");

    private final RequestMemory memory;
    private final RequestFields fields = new RequestFields();
    private String name;
    private BoundedBytes content;

    private MultipartBody(RequestMemory memory) {
        this.memory = memory;
    }

    /**
     * @param memory what pictures may take
     * @throws RequestException if the body is not what is expected
     * @throws IOException if it can't be read
     */
    static RequestFields read(InputStream body, MediaType type, RequestMemory memory) throws IOException {
        String boundary = type.getParameters().get("boundary");
        if (boundary == null || boundary.isEmpty() || boundary.length() > MOST_BOUNDARY_CHARACTERS) {
            throw malformed("Content-Type has no boundary of 1 to " + MOST_BOUNDARY_CHARACTERS + " characters");
        }
        MultipartBody form = new MultipartBody(memory);
        MultipartParser.ParseState parser = MultipartParser.beginParse(form, boundary.getBytes(StandardCharsets.US_ASCII),
                StandardCharsets.UTF_8.name());
        byte[] buffer = new byte[8192];
        for (int length = body.read(buffer); length >= 0; length = body.read(buffer)) {
            parse(parser, ByteBuffer.wrap(buffer, 0, length));
        }
        if (!parser.isComplete()) {
            throw malformed("found no closing boundary --" + boundary + "--");
        }
        return form.fields;
    }

    private static void parse(MultipartParser.ParseState parser, ByteBuffer bytes) {
        try {
            parser.parse(bytes);
        } catch (RequestException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // all that a part's headers make the parser say
            throw malformed("a part's header can't be read");
        }
    }

    private static RequestException malformed(String detail) {
        return new RequestException(null, "not a valid form: " + detail);
    }

    @Override
    public void beginPart(CaseInsensitiveMap<String> headers) {
        String disposition = headers.getFirst(HttpHeaders.CONTENT_DISPOSITION);
        name = disposition == null ? null : HeaderUtil.extractQuotedValueFromHeader(disposition, "name");
        if (name == null) {
            throw malformed("a part has no name");
        }
        if (!RequestFields.NAMES.contains(name)) {
            throw RequestFields.unknown(name);
        }
        String encoding = headers.getFirst(MultipartParser.CONTENT_TRANSFER_ENCODING);
        if (encoding != null && !PLAIN.contains(encoding.toLowerCase(Locale.ROOT))) {
            throw badField(name, "found a Content-Transfer-Encoding, which forms don't have");
        }
        content = new BoundedBytes(name,
                isImage() ? memory.maxImageBytes() : BYTES_PER_CHARACTER * RequestFields.MOST_CHARACTERS, memory);
    }

    private boolean isImage() {
        return name.equals(RequestFields.IMAGE);
    }

    @Override
    public void data(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        content.write(bytes, 0, bytes.length);
    }

    @Override
    public void endPart() {
        if (isImage()) {
            if (content.size() == 0) {
                throw badField(name, "found an empty file, expected a picture");
            }
            fields.image(Image.of(content.toByteArray()));
        } else {
            fields.text(name, text());
        }
    }

    private String text() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw badField(name, "found bytes that are not UTF-8");
        }
    }
}
