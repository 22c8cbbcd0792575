package io.instructseg.quarkus.runtime.rest;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
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

import io.instructseg.quarkus.runtime.wire.BoundedBytes;
import io.instructseg.quarkus.runtime.wire.Fields;
import io.instructseg.quarkus.runtime.wire.RequestException;
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

    private final Form form;
    private final RequestMemory memory;
    private String name;
    /** Of the part that is read: one of text, or the file. */
    private BoundedBytes text;
    private OutputStream file;
    private boolean empty;

    private MultipartBody(Form form, RequestMemory memory) {
        this.form = form;
        this.memory = memory;
    }

    /**
     * @param form takes what the parts bring
     * @param memory what the text may take
     * @throws RequestException if the body is not what is expected
     * @throws IOException if it can't be read
     */
    static void read(InputStream body, MediaType type, Form form, RequestMemory memory) throws IOException {
        String boundary = type.getParameters().get("boundary");
        if (boundary == null || boundary.isEmpty() || boundary.length() > MOST_BOUNDARY_CHARACTERS) {
            throw malformed("Content-Type has no boundary of 1 to " + MOST_BOUNDARY_CHARACTERS + " characters");
        }
        MultipartParser.ParseState parser = MultipartParser.beginParse(new MultipartBody(form, memory),
                boundary.getBytes(StandardCharsets.US_ASCII),
                StandardCharsets.UTF_8.name());
        byte[] buffer = new byte[8192];
        for (int length = body.read(buffer); length >= 0; length = body.read(buffer)) {
            parse(parser, ByteBuffer.wrap(buffer, 0, length));
        }
        if (!parser.isComplete()) {
            throw malformed("found no closing boundary --" + boundary + "--");
        }
    }

    private static void parse(MultipartParser.ParseState parser, ByteBuffer bytes) {
        try {
            parser.parse(bytes);
        } catch (RequestException | UncheckedIOException e) {
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
        if (!form.fields().names().contains(name)) {
            throw form.fields().unknownField(name);
        }
        String encoding = headers.getFirst(MultipartParser.CONTENT_TRANSFER_ENCODING);
        if (encoding != null && !PLAIN.contains(encoding.toLowerCase(Locale.ROOT))) {
            throw badField(name, "found a Content-Transfer-Encoding, which forms don't have");
        }
        file = name.equals(form.file()) ? form.open() : null;
        empty = true;
        text = file == null ? new BoundedBytes(name, BYTES_PER_CHARACTER * Fields.MOST_CHARACTERS, memory) : null;
    }

    @Override
    public void data(ByteBuffer buffer) throws IOException {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        empty &= bytes.length == 0;
        (file == null ? text : file).write(bytes, 0, bytes.length);
    }

    @Override
    public void endPart() {
        if (file == null) {
            form.fields().text(name, text());
        } else if (empty) {
            throw badField(name, "found an empty file");
        } else {
            form.received();
        }
    }

    private String text() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw badField(name, "found bytes that are not UTF-8");
        }
    }
}
