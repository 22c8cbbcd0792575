package io.instructseg.engine.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Tokens and their ids, one to one, the ids being 0 to size - 1. */
final class Vocabulary {

    private final Map<String, Integer> ids;
    private final String[] tokens;
    private final int longest;

    private Vocabulary(Map<String, Integer> ids, String[] tokens) {
        this.ids = ids;
        this.tokens = tokens;
        this.longest = Arrays.stream(tokens).mapToInt(String::length).max().orElse(0);
    }

    /** Characters of the longest token; a byte is one in GPT-2's alphabet, and a character of a text one byte or more. */
    int longest() {
        return longest;
    }

    int size() {
        return tokens.length;
    }

    OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Null when there is no such id. */
    String token(int id) {
        return id >= 0 && id < tokens.length ? tokens[id] : null;
    }

    /** Collects the entries of several files, which may repeat but not contradict each other. */
    static final class Builder {

        private record Entry(String token, int id, JsonField source) {
        }

        private final Map<String, Entry> byToken = new HashMap<>();
        private final Map<Integer, Entry> byId = new HashMap<>();

        void add(String token, int id, JsonField source) throws TokenizerException {
            if (token.isEmpty() || token.codePoints().anyMatch(Utf8::isSurrogate)) {
                throw source.error(JsonField.quote(token), "a token of at least one character and whole surrogate pairs");
            }
            Entry known = byToken.get(token);
            if (known != null && known.id != id) {
                throw source.error("id " + id + " for " + JsonField.quote(token), "id %d as in %s".formatted(known.id,
                        known.source.file()));
            }
            Entry entry = new Entry(token, id, source);
            Entry holder = byId.putIfAbsent(id, entry);
            if (holder != null && !holder.token.equals(token)) {
                throw source.error("duplicate id %d for %s".formatted(id, JsonField.quote(token)),
                        "an id that %s does not have".formatted(JsonField.quote(holder.token)));
            }
            byToken.putIfAbsent(token, entry);
        }

        OptionalInt id(String token) {
            Entry entry = byToken.get(token);
            return entry == null ? OptionalInt.empty() : OptionalInt.of(entry.id);
        }

        Vocabulary build() throws TokenizerException {
            Map<String, Integer> ids = new HashMap<>(2 * byToken.size());
            String[] tokens = new String[byToken.size()];
            for (Entry entry : byToken.values()) {
                if (entry.id < 0 || entry.id >= tokens.length) {
                    throw entry.source.error("id %d for %s".formatted(entry.id, JsonField.quote(entry.token)),
                            "ids 0 to %d, as there are %d tokens".formatted(tokens.length - 1, tokens.length));
                }
                ids.put(entry.token, entry.id);
                tokens[entry.id] = entry.token;
            }
            return new Vocabulary(ids, tokens);
        }
    }
}
