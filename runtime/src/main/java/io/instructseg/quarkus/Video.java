package io.instructseg.quarkus;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameDirectory;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.VideoDecoder;
import io.instructseg.engine.video.VideoLimits;
import io.smallrye.mutiny.Multi;

/** Where a video's frames come from. */
@FunctionalInterface
public interface Video {

    /**
     * The frames in the order in which they are shown. Subscribed to once a request; only as many are asked for as the next
     * answer needs.
     *
     * @param limits what the video may cost
     * @param selection which of its frames are taken
     * @return fails with {@link io.instructseg.engine.video.VideoException} if it is no video, damaged or beyond the limits,
     *         once the frames before were given
     */
    Multi<Frame> frames(VideoLimits limits, FrameSelection selection);

    /** A file: MP4, MOV, WebM, MKV or GIF. It is decoded on a worker thread. */
    static Video of(Path file) {
        return (limits, selection) -> FrameSources.frames(() -> VideoDecoder.open(file, limits, selection));
    }

    /**
     * A folder of pictures, a frame each, in the order of their names.
     *
     * @param interval from one frame to the next
     */
    static Video directory(Path folder, Duration interval) {
        return (limits, selection) -> FrameSources.frames(() -> FrameDirectory.open(folder, interval, limits, selection));
    }

    /**
     * Frames as they come, of a camera. One is asked for when it is needed: a source that does not wait has to decide what
     * becomes of the others ({@code frames.onOverflow().drop()}). Neither limits nor a selection apply.
     */
    static Video live(Multi<RgbImage> frames) {
        return (limits, selection) -> Multi.createFrom().deferred(() -> {
            AtomicInteger index = new AtomicInteger();
            long start = System.nanoTime();
            return frames.map(image -> new Frame(index.getAndIncrement(), Duration.ofNanos(System.nanoTime() - start), image));
        });
    }
}
