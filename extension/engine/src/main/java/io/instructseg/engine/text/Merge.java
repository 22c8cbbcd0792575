package io.instructseg.engine.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.node.NullNode;

/** Two neighbouring tokens that become one. */
record Merge(String left, String right, JsonField source) {

    /** The lines of {@code merges.txt} after its header {@code #version: 0.2}. */
    static List<Merge> readLines(Path file) throws IOException {
        String text = text(file);
        if (!text.startsWith("#version")) {
            throw new TokenizerException(file.toString(), "line 1",
                    JsonField.quote(text.lines().findFirst().orElse("")), "a header like #version: 0.2");
        }
        // The official reader drops what follows the last line break, so a cut file would lose a merge unnoticed.
        if (!text.endsWith("\n")) {
            throw new TokenizerException(file.toString(), "last line", "no line break", "a line break at the end");
        }
        List<String> lines = text.lines().toList();
        List<Merge> merges = new ArrayList<>(lines.size());
        for (int i = 1; i < lines.size(); i++) {
            JsonField source = new JsonField(file.toString(), "line " + (i + 1), "", NullNode.getInstance());
            merges.add(parse(lines.get(i), source));
        }
        return merges;
    }

    /** {@code model.merges} of {@code tokenizer.json}: strings, or pairs as newer versions write them. */
    static List<Merge> read(JsonField array) throws TokenizerException {
        List<Merge> merges = new ArrayList<>();
        for (JsonField element : array.elements()) {
            if (!element.node().isArray()) {
                merges.add(parse(element.text(), element));
                continue;
            }
            List<JsonField> pair = element.elements();
            if (pair.size() != 2) {
                throw element.error(pair.size() + " elements", "two tokens");
            }
            merges.add(new Merge(pair.get(0).text(), pair.get(1).text(), element));
        }
        return merges;
    }

    private static Merge parse(String line, JsonField source) throws TokenizerException {
        int space = line.indexOf(' ');
        if (space <= 0 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
            throw source.error(JsonField.quote(line), "two tokens and a space between them");
        }
        return new Merge(line.substring(0, space), line.substring(space + 1), source);
    }

    private static String text(Path file) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(JsonField.readBytes(file))).toString();
        } catch (CharacterCodingException e) {
            throw new TokenizerException(file.toString(), "content", "bytes that are not UTF-8", "UTF-8");
        }
    }
}
