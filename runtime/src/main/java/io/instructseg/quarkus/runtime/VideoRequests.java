package io.instructseg.quarkus.runtime;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import io.instructseg.engine.Candidates;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.InstructionException;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.VideoOptions;
import io.instructseg.engine.video.ReferenceFrames;
import io.instructseg.quarkus.QueueFullException;
import io.instructseg.quarkus.VideoRequest;
import io.instructseg.quarkus.runtime.RequestListener.Subject;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** Requests about videos. */
final class VideoRequests {

    private final ModelRequests requests;
    private final Places places;

    VideoRequests(ModelRequests requests) {
        this.requests = requests;
        this.places = new Places(requests.settings().videos().concurrency());
    }

    /** @param ready has its item once the model can be asked */
    Multi<FrameSegmentation> segment(VideoRequest request, Uni<?> ready) {
        if (request.instructions().isEmpty()) {
            return Multi.createFrom()
                    .failure(new IllegalArgumentException("instructions: found none, expected at least one"));
        }
        return Multi.createFrom().deferred(() -> {
            List<Consumer<RequestReport>> told = requests.submitted(Subject.FRAME);
            return ready.onItem().transformToMulti(warm -> open(request, told));
        });
    }

    private Multi<FrameSegmentation> open(VideoRequest request, List<Consumer<RequestReport>> told) {
        RequestQueue<SegmentationModel> queue = requests.queue();
        Guest<SegmentationModel> guest = queue.enter(places)
                .orElseThrow(() -> QueueFullException.ofVideos(places.most(), requests.property("video.concurrency")));
        try {
            VideoOptions options = options(request, guest.lane().resource());
            FrameBuffer frames = new FrameBuffer(
                    request.video().frames(requests.settings().videos().limits(), request.selection()));
            VideoStream stream = new VideoStream(queue, guest, frames, request.instructions(), options, told);
            return requests.keep(stream::close, stream.answers(requests::inTime));
        } catch (InstructionException e) {
            queue.leave(guest);
            return Multi.createFrom().failure(e);
        } catch (RuntimeException | Error e) {
            queue.leave(guest);
            throw e;
        }
    }

    private VideoOptions options(VideoRequest request, SegmentationModel model) {
        ReferenceFrames references = new ReferenceFrames(request.referenceFrames().orElseGet(model::referenceFrames),
                request.pastOnly());
        double threshold = request.threshold().orElse(requests.settings().threshold());
        return new VideoOptions(new SegmentationOptions(Candidates.BEST, threshold), Optional.of(references), false);
    }
}
