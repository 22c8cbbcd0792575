package io.instructseg.quarkus.runtime.messaging;

import static io.instructseg.quarkus.runtime.messaging.MessagingLog.LOG;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import jakarta.inject.Singleton;

import org.eclipse.microprofile.reactive.messaging.Message;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.InstructionException;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.video.VideoException;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.QueueFullException;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.runtime.wire.JsonAnswer;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.VideoFields;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.quarkus.arc.All;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.unchecked.Unchecked;
import io.smallrye.reactive.messaging.TracingMetadata;

/**
 * Answers a message, or refuses it. A message is refused (nack) if it is bad, or if the model fails on it again and again but
 * works on a picture of its own. What is not the message's fault never costs it: a full queue and a store that fails are waited
 * for; a model that does not work, or is shutting down, ends the stream, and the broker gives the message to somebody else.
 */
@Singleton
public class MessageAnswers {

    private static final int TRIES_AGAIN = 3;
    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration LATER = Duration.ofSeconds(1);
    /** Tells a model that does not work from a message that it can't work on. */
    private static final SegmentationRequest PROBE = SegmentationRequest
            .of(limits -> new DecodedImage(new RgbImage(3, 2, new byte[18]), false)).referring("the thing on the left");

    private final InstructSeg instructSeg;
    private final MessageReader reader;
    private final List<Correlation> correlations;

    MessageAnswers(InstructSeg instructSeg, MessageReader reader, @All List<Correlation> correlations) {
        this.instructSeg = instructSeg;
        this.reader = reader;
        this.correlations = correlations;
    }

    /**
     * The result, of a video the results, with the request's acknowledgement and metadata; nothing more once a bad message is
     * refused.
     */
    Multi<Message<byte[]>> answer(Message<?> message) {
        FrameMessages frames = new FrameMessages(payload -> result(message, payload));
        return Multi.createFrom().resource(Unchecked.supplier(() -> reader.read(message.getPayload())),
                request -> answer(request, message, frames)).withFinalizer(MessageRequest::close)
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .onFailure(MessageAnswers::isBusy).retry().withBackOff(SOON, LATER).indefinitely()
                .onFailure(StoreException.class).invoke(LOG::storeFailed)
                .onFailure(StoreException.class).retry().withBackOff(Duration.ofSeconds(1), Duration.ofSeconds(30))
                .indefinitely()
                .onFailure(MessageAnswers::isOfTheService)
                .recoverWithMulti(failure -> inItsTurn(PROBE, Context.root()).flatMap(works -> refuse(message, failure))
                        .toMulti())
                .onFailure(MessageAnswers::isOfTheMessage).recoverWithMulti(failure -> refuse(message, failure).toMulti());
    }

    private Multi<Message<byte[]>> answer(MessageRequest request, Message<?> message, FrameMessages frames) {
        if (request instanceof MessageRequest.OfVideo video) {
            return frames.of(request.id(), segment(video, traceOf(message)));
        }
        return segment((MessageRequest.OfPicture) request, traceOf(message)).map(payload -> result(message, payload))
                .toMulti();
    }

    /** From the first frame each time. */
    private Multi<FrameSegmentation> segment(MessageRequest.OfVideo request, Context trace) {
        Multi<FrameSegmentation> frames = instructSeg.segment(request.request());
        return Multi.createFrom().<FrameSegmentation> publisher(subscriber -> {
            try (Scope scope = trace.makeCurrent()) {
                frames.subscribe(subscriber);
            }
        }).onFailure(MessageAnswers::isBusy).retry().withBackOff(SOON, LATER).indefinitely()
                .onFailure().transform(MessageAnswers::ofVideo)
                .onFailure(MessageAnswers::isOfTheService).retry()
                .withBackOff(Duration.ofMillis(200), Duration.ofSeconds(2)).atMost(TRIES_AGAIN);
    }

    /** What is no fault of the video's, but of what it is read from, is the store's. */
    private static Throwable ofVideo(Throwable failure) {
        if (failure instanceof VideoException video) {
            return video.getCause() instanceof IOException cause ? new StoreException(cause) : RequestException.of(video);
        }
        return failure instanceof ImageException ? RequestException.badField(VideoFields.VIDEO, failure.getMessage()) : failure;
    }

    private Uni<byte[]> segment(MessageRequest.OfPicture request, Context trace) {
        return inItsTurn(request.request(), trace).map(Unchecked.function(answers -> write(request, answers)))
                .onFailure(MessageAnswers::isOfTheService).retry()
                .withBackOff(Duration.ofMillis(200), Duration.ofSeconds(2)).atMost(TRIES_AGAIN);
    }

    private Uni<List<Segmentation>> inItsTurn(SegmentationRequest request, Context trace) {
        return within(trace, instructSeg.segment(request)).onFailure(MessageAnswers::isBusy).retry().withBackOff(SOON, LATER)
                .indefinitely();
    }

    /** Of the connector, if the host has OpenTelemetry. */
    private static Context traceOf(Message<?> message) {
        return TracingMetadata.fromMessage(message).map(TracingMetadata::getCurrentContext).orElse(Context.root());
    }

    private static <T> Uni<T> within(Context trace, Uni<T> work) {
        return Uni.createFrom().emitter(emitter -> {
            try (Scope scope = trace.makeCurrent()) {
                emitter.onTermination(work.subscribe().with(emitter::complete, emitter::fail)::cancel);
            }
        });
    }

    /** No place in the queue, or no memory for the picture: others have them. */
    private static boolean isBusy(Throwable failure) {
        return failure instanceof QueueFullException
                || failure instanceof RequestException request && request.kind() == RequestException.Kind.LATER;
    }

    private static byte[] write(MessageRequest.OfPicture request, List<Segmentation> answers) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new JsonAnswer(answers, request.request().candidates(), request.request().explanation()).writeMessage(request.id(),
                out);
        return out.toByteArray();
    }

    private Message<byte[]> result(Message<?> message, byte[] payload) {
        Message<byte[]> result = message.withPayload(payload);
        for (Correlation correlation : correlations) {
            Optional<Object> metadata = correlation.of(message);
            if (metadata.isPresent()) {
                result = result.addMetadata(metadata.get());
            }
        }
        return result;
    }

    private static boolean isOfTheMessage(Throwable failure) {
        return failure instanceof RequestException && !isBusy(failure) || failure instanceof ImageException
                || failure instanceof InstructionException || failure instanceof ResultRefusedException;
    }

    private static boolean isOfTheService(Throwable failure) {
        return !isOfTheMessage(failure) && !isBusy(failure) && !(failure instanceof StoreException)
                && !(failure instanceof ModelUnavailableException);
    }

    private static Uni<Message<byte[]>> refuse(Message<?> message, Throwable failure) {
        Throwable reason = reason(failure);
        LOG.refused(oneLine(reason));
        return Uni.createFrom().completionStage(() -> message.nack(reason)).map(nacked -> null);
    }

    /** A reason may quote the message, which must not pass for lines of the log. */
    private static String oneLine(Throwable reason) {
        return String.valueOf(reason.getMessage()).replaceAll("\\R|\\p{Cntrl}", "?");
    }

    /** In the words of the message's fields. */
    private static Throwable reason(Throwable failure) {
        if (failure instanceof ImageException image) {
            return RequestException.of(image);
        }
        if (failure instanceof ResultRefusedException) {
            return failure.getCause();
        }
        return failure instanceof InstructionException instruction ? RequestException.of(instruction) : failure;
    }
}
