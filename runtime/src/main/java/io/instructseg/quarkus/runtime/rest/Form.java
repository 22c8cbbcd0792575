package io.instructseg.quarkus.runtime.rest;

import java.io.OutputStream;

import io.instructseg.quarkus.runtime.wire.Fields;

/** What a request brings, part by part or as a query and a body: fields of text, and a file. */
interface Form {

    Fields fields();

    /** The file's field. */
    String file();

    /** The file begins: where its bytes go, which refuses more than it may have. */
    OutputStream open();

    /** The file has ended. */
    void received();
}
