package io.instructseg.quarkus;

import java.util.List;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Segmentation;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/**
 * Segments what words mean, and answers in words: inject it.
 * <p>
 * Nothing happens before a {@code Uni} or {@code Multi} is subscribed to. Its items arrive on worker threads; cancelling it
 * frees its place, at the latest between two stages of the model. It fails with
 * <ul>
 * <li>{@link io.instructseg.engine.image.ImageException}: the picture is damaged, of an unknown format or beyond the limits,
 * <li>{@link io.instructseg.engine.InstructionException}: the model can't take a sentence,
 * <li>{@link io.instructseg.engine.ConversationException}: the model can't take a question or what was said before,
 * <li>{@link WordlessModelException}: the model has no words,
 * <li>{@link QueueFullException}: too many requests wait already,
 * <li>{@link DeadlineExceededException}: it took longer than {@code quarkus.instructseg.deadline},
 * <li>{@link IllegalArgumentException}: the request asks for what can't be, or for more than the configuration allows,
 * <li>{@link ModelUnavailableException}: the model could not be loaded, or the application is shutting down,
 * <li>{@link io.instructseg.engine.session.StageException}: a stage of the model failed.
 * </ul>
 */
public interface InstructSeg {

    /**
     * Segments what a sentence means, as the configured task ({@code quarkus.instructseg.task}).
     *
     * @param sentence an object's description ("the dog on the left"), or a question whose answer is one
     */
    Uni<Segmentation> segment(Image image, String sentence);

    /**
     * Segments what several instructions mean. The picture is encoded once for all of them.
     *
     * @return an answer for each instruction, in their order; fails with {@link IllegalArgumentException} if there is none, or
     *         if an explanation is asked for with several, or with one that is not reasoning
     */
    Uni<List<Segmentation>> segment(SegmentationRequest request);

    /**
     * Segments what several instructions mean in each frame of a video. Each frame is encoded once for all of them. A frame is
     * decoded and segmented when it, or one that needs it as a reference, is asked for: a slow subscriber slows the work, and
     * nothing piles up. Between two frames other requests have their turn. Whoever cancels frees what is kept of the video,
     * before the next one is asked for: an event loop should leave that to a worker thread.
     *
     * @return the answers about each frame, in their order; fails with {@link io.instructseg.engine.video.VideoException} if
     *         the video is damaged, of an unknown format or beyond the limits, once the frames before were answered
     */
    Multi<FrameSegmentation> segment(VideoRequest request);

    /**
     * Answers a question in words, about a picture or about none. Few parts are made before they are asked for: a slow
     * subscriber slows the work, and between two tokens other requests have their turn.
     *
     * @return the text part by part as it is made, and its end; a failure comes behind the parts that were made before
     */
    Multi<AnswerPart> stream(Question question);

    /**
     * The text of {@link #stream} alone.
     *
     * @return pieces of the text: none is empty or has a part of a character
     */
    default Multi<String> ask(Question question) {
        return stream(question).filter(part -> part.end().isEmpty()).map(AnswerPart::text);
    }

    /**
     * The whole of {@link #stream}.
     *
     * @return the text once it is made, with why it ended
     */
    default Uni<Answer> answer(Question question) {
        return stream(question).collect().last().map(last -> last.end().orElseThrow());
    }
}
