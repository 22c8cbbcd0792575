package io.instructseg.cli.benchmark;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What was measured. */
public interface Report {

    /** Lines for people. */
    String text();

    /** The same for programs. */
    ObjectNode json();
}
