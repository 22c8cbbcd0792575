package io.instructseg.engine.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Finds added tokens in a text: the leftmost first, and of those that start there the longest. */
final class AddedTokens {

    private static final class Node {
        private final Map<Character, Node> next = new HashMap<>(2);
        private AddedToken token;
    }

    private final Node root = new Node();

    AddedTokens(List<AddedToken> tokens) {
        for (AddedToken token : tokens) {
            Node node = root;
            for (char c : token.content().toCharArray()) {
                node = node.next.computeIfAbsent(c, key -> new Node());
            }
            node.token = token;
        }
    }

    /** Passes on the ids of the tokens and the non-empty pieces between them, in the order of the text. */
    void split(String text, Consumer<String> pieces, IntConsumer ids) {
        int pieceStart = 0;
        int position = 0;
        while (position < text.length()) {
            AddedToken token = longestAt(text, position);
            if (token == null) {
                position++;
                continue;
            }
            if (position > pieceStart) {
                pieces.accept(text.substring(pieceStart, position));
            }
            ids.accept(token.id());
            position += token.content().length();
            pieceStart = position;
        }
        if (pieceStart < text.length()) {
            pieces.accept(text.substring(pieceStart));
        }
    }

    private AddedToken longestAt(String text, int start) {
        AddedToken longest = null;
        Node node = root.next.get(text.charAt(start));
        for (int i = start + 1; node != null; i++) {
            longest = node.token != null ? node.token : longest;
            node = i < text.length() ? node.next.get(text.charAt(i)) : null;
        }
        return longest;
    }
}
