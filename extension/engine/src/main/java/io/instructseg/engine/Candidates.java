package io.instructseg.engine;

/** Which candidates a request wants. */
public enum Candidates {

    /** The best one: masks are resolved only for queries that can still win, which gives the same one. */
    BEST,
    /** Those of all queries. */
    ALL
}
