package io.instructseg.quarkus.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.Guarded;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.TextGeneration;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.quarkus.Answer;
import io.instructseg.quarkus.AnswerPart;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.WordlessModelException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/**
 * An answer on its way through one device: a piece of text is made when it is asked for, in its turn among all requests of the
 * model. Owns what the model keeps of it.
 */
final class AnswerStream {

    private final ModelRequests requests;
    private final Guest<SegmentationModel> guest;
    private final Question question;
    private final GenerationOptions options;
    private final RequestObservation observation;
    private final Guarded<Generation> generation = new Guarded<>(new Generation());
    /** Of the step that runs. */
    private volatile CancellationToken cancellation = CancellationToken.NONE;

    AnswerStream(ModelRequests requests, Guest<SegmentationModel> guest, Question question, GenerationOptions options,
            RequestObservation observation) {
        this.requests = requests;
        this.guest = guest;
        this.question = question;
        this.options = options;
        this.observation = observation;
    }

    /** On the device's thread. */
    Multi<AnswerPart> parts() {
        return Multi.createBy().repeating().uni(this::next).whilst(part -> part.end().isEmpty());
    }

    private Uni<AnswerPart> next() {
        return requests.inTime(requests.queue().step(guest, this::step), observation.sinceStart());
    }

    private AnswerPart step(SegmentationModel model, CancellationToken token) throws Exception {
        cancellation = token;
        return generation.use(text -> text.next(model));
    }

    /** At any time, from any thread. */
    void close() {
        generation.close();
        requests.queue().leave(guest);
    }

    /** The model's, which begins when a device takes the first step: by then somebody closes it, whatever happens. */
    private final class Generation implements AutoCloseable {

        private final StringBuilder text = new StringBuilder();
        private TextGeneration pieces;

        AnswerPart next(SegmentationModel model) throws IOException {
            if (pieces == null) {
                observation.started();
                pieces = open(model);
            }
            Optional<String> piece = pieces.next();
            observation.made(pieces.promptTokens(), pieces.tokens());
            piece.ifPresent(text::append);
            return new AnswerPart(piece.orElse(""), piece.isPresent() ? Optional.empty() : Optional.of(end()));
        }

        private TextGeneration open(SegmentationModel model) throws IOException {
            if (!model.generatesText()) {
                throw new WordlessModelException(requests.location().toString());
            }
            Optional<DecodedImage> picture = Optional.empty();
            if (question.image().isPresent()) {
                Image image = question.image().get();
                picture = Optional.of(image.decode(requests.settings().limits()));
            }
            return model.answer(picture, question.conversation(), options, () -> cancellation.isCancelled(),
                    observation::ran);
        }

        private Answer end() {
            Map<String, Duration> timings = new LinkedHashMap<>();
            new TreeMap<>(pieces.timings()).forEach((stage, took) -> timings.put(stage.key(), took));
            return new Answer(text.toString(), pieces.finish(), pieces.promptTokens(), pieces.tokens(), timings);
        }

        @Override
        public void close() {
            if (pieces != null) {
                pieces.close();
            }
        }
    }
}
