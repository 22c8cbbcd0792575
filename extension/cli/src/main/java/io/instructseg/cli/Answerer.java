package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Conversation;
import io.instructseg.engine.ConversationException;
import io.instructseg.engine.FinishReason;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.TextGeneration;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.text.Prompts;
import picocli.CommandLine;

/** Puts questions to a model, one after the other in one conversation, and hands on the answers as they are made. */
final class Answerer {

    private final SegmentationModel model;
    private final Optional<DecodedImage> image;
    private final GenerationOptions options;
    private final Optional<AskReport> report;
    private final PrintWriter out;
    private final PrintWriter err;
    private final List<Conversation.Turn> turns = new ArrayList<>();

    /** @param report of each answer, if it is for programs */
    Answerer(SegmentationModel model, Optional<DecodedImage> image, GenerationOptions options, Optional<AskReport> report,
            CommandLine command) {
        this.model = model;
        this.image = image;
        this.options = options;
        this.report = report;
        this.out = command.getOut();
        this.err = command.getErr();
    }

    /**
     * Prints an answer piece by piece, or as one line of JSON once it is complete.
     *
     * @throws ConversationException if the question is refused; the conversation is then what it was before
     */
    void answer(String question) throws IOException {
        try (TextGeneration answer = model.answer(image, new Conversation(turns, question), options,
                CancellationToken.NONE)) {
            StringBuilder text = new StringBuilder();
            for (Optional<String> piece = first(answer); piece.isPresent(); piece = answer.next()) {
                text.append(piece.get());
                print(report.isPresent() ? "" : piece.get());
            }
            String end = report.isPresent() ? report.get().json(question, text.toString(), answer) : "";
            print(end + System.lineSeparator());
            remember(question, text.toString());
            warn(answer);
        }
    }

    /** That it takes longer than the others is told where a piece of text can't be in the way. */
    private Optional<String> first(TextGeneration answer) {
        try (Progress progress = Progress.start(err)) {
            progress.step("reading");
            return answer.next();
        }
    }

    /** A writer of this kind doesn't throw, nor does the stream that it hides: whoever reads may have gone. */
    private void print(String text) throws IOException {
        out.print(text);
        if (out.checkError() || System.out.checkError()) {
            throw new IOException("standard output can't be written to any more");
        }
    }

    /** A turn without an answer is none: the model would refuse it. */
    private void remember(String question, String text) {
        if (!Prompts.message(text).isEmpty()) {
            turns.add(new Conversation.Turn(question, text));
        }
    }

    private void warn(TextGeneration answer) {
        if (answer.finish() == FinishReason.MAX_TOKENS) {
            err.println("warning: the answer was ended after " + answer.tokens() + " tokens (--max-tokens)");
            err.flush();
        }
    }
}
