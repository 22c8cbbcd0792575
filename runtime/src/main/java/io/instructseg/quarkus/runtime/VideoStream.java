package io.instructseg.quarkus.runtime;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Guarded;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.InstructionException;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.VideoOptions;
import io.instructseg.engine.VideoSegmentation;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.unchecked.Unchecked;

/**
 * A video on its way through one device: a frame is segmented when it is asked for, in its turn among all requests of the
 * model. Owns the frames and what the model keeps of them.
 */
final class VideoStream {

    private final RequestQueue<SegmentationModel> queue;
    private final Guest<SegmentationModel> guest;
    private final FrameBuffer frames;
    private final Guarded<VideoSegmentation> segmentation;
    private final List<Consumer<RequestReport>> listeners;
    /** Of the frame that is being answered. */
    private volatile CancellationToken cancellation = CancellationToken.NONE;
    private volatile RequestObservation observation;

    /** @param frames closed with this, also if this throws */
    VideoStream(RequestQueue<SegmentationModel> queue, Guest<SegmentationModel> guest, FrameBuffer frames,
            List<Instruction> instructions, VideoOptions options, List<Consumer<RequestReport>> listeners)
            throws InstructionException {
        this.queue = queue;
        this.guest = guest;
        this.frames = frames;
        this.listeners = listeners;
        this.segmentation = new Guarded<>(guest.lane().resource().segment(frames, instructions, options,
                () -> cancellation.isCancelled(), run -> observation.ran(run)));
    }

    /** @param limit bounds the time of a frame's answer */
    Multi<FrameSegmentation> answers(UnaryOperator<Uni<Optional<FrameSegmentation>>> limit) {
        return Multi.createBy().repeating().uni(() -> next(limit)).until(Optional::isEmpty).map(Optional::orElseThrow);
    }

    private Uni<Optional<FrameSegmentation>> next(UnaryOperator<Uni<Optional<FrameSegmentation>>> limit) {
        return Uni.createFrom().item(Unchecked.supplier(() -> segmentation.use(VideoSegmentation::framesNeeded)))
                .flatMap(frames::fill).flatMap(filled -> {
                    RequestObservation current = new RequestObservation(listeners);
                    observation = current;
                    return limit.apply(queue.submit(guest, (model, token) -> step(current, token)))
                            .invoke(answer -> answer.ifPresent(frame -> current.answered()))
                            .onFailure().invoke(current::failed).onCancellation().invoke(current::cancelled);
                });
    }

    private Optional<FrameSegmentation> step(RequestObservation current, CancellationToken token) throws Exception {
        current.started();
        cancellation = token;
        return segmentation.use(VideoSegmentation::next);
    }

    /** At any time, from any thread. */
    void close() {
        segmentation.close();
        queue.leave(guest);
    }
}
