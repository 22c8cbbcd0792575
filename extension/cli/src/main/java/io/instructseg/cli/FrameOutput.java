package io.instructseg.cli;

import java.io.IOException;

import io.instructseg.engine.FrameSegmentation;

/** What becomes of a video's answers. What is not complete when it is closed leaves nothing. */
interface FrameOutput extends AutoCloseable {

    /** The frames come in their order. */
    void write(FrameSegmentation frame) throws IOException;

    /** After at least one frame. */
    void complete() throws IOException;

    @Override
    void close() throws IOException;
}
