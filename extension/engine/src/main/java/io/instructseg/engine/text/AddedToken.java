package io.instructseg.engine.text;

/**
 * A token that is cut out of the text before it is split into words.
 *
 * @param special left out by decoding if asked
 * @param normalized looked for only in what the other added tokens leave
 */
record AddedToken(String content, int id, boolean special, boolean normalized) {
}
