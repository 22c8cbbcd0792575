package io.instructseg.engine.text;

import java.io.IOException;

/** A tokenizer file that cannot be used. The message names the file, the field, what was found and what was expected. */
public class TokenizerException extends IOException {

    TokenizerException(String file, String field, String found, String expected) {
        super("%s: %s: found %s, expected %s".formatted(file, field, found, expected));
    }
}
