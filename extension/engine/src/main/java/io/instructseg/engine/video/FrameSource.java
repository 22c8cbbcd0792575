package io.instructseg.engine.video;

import java.util.Optional;

/** The frames of a video in the order in which they are shown, one at a time. For one thread; closed by whoever reads it. */
public interface FrameSource extends AutoCloseable {

    /**
     * The next frame; nothing at the end. Blocks while it is decoded.
     *
     * @throws VideoException if the video is damaged here, or beyond a limit; all frames before were given
     */
    Optional<Frame> next() throws VideoException;

    @Override
    void close();
}
