package io.instructseg.engine.text;

import java.util.Arrays;

/**
 * Decodes token by token: what it gives, one after the other, is {@link Tokenizer#decode} of all tokens without the special
 * ones. A character whose bytes are in several tokens comes with the last of them.
 */
public final class StreamingDecoder {

    private final Tokenizer tokenizer;
    /** The beginning of a character: three bytes at most. */
    private byte[] begun = {};

    public StreamingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The text that is certain now and was not before the token; often empty. */
    public String accept(int id) {
        byte[] more = tokenizer.bytes(id, true);
        byte[] bytes = Arrays.copyOf(begun, begun.length + more.length);
        System.arraycopy(more, 0, bytes, begun.length, more.length);
        int settled = Utf8.settled(bytes);
        begun = Arrays.copyOfRange(bytes, settled, bytes.length);
        return Utf8.decode(Arrays.copyOf(bytes, settled));
    }

    /** What stands for a character that was never completed: U+FFFD, or nothing. */
    public String end() {
        String rest = Utf8.decode(begun);
        begun = new byte[0];
        return rest;
    }
}
