package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

import io.instructseg.engine.ConversationException;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.session.ModelDescription;
import io.instructseg.engine.session.ModelException;
import io.instructseg.format.Signature;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code instructseg ask}. */
@Command(name = "ask", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, //
        header = "Answers questions in words, about a picture or about none.", //
        description = {
                "%nAnswers a question in words, which are printed as they are made. Without a QUESTION, on a terminal, and "
                        + "with --chat it goes on: each line of standard input is a question, and what was asked and answered "
                        + "before is remembered. The end of the input (Ctrl-D) ends it. A question that is refused, such as one "
                        + "that is too long, is told on standard error and forgotten; the exit code is 1 in the end.%n" }, //
        footer = { "%nWith --json, standard output is one object a line, for each question:%n",
                "  image          file, width, height, truncated (whether the file ended early); null without one",
                "  question, text what was asked and answered",
                "  finish         end_of_text (the model's own end), stop_string or max_tokens",
                "  prompt_tokens  read before the answer, the picture's among them",
                "  tokens         made for the answer",
                "  timings        milliseconds: decode_image and load_model, once for all questions, and each stage" })
final class AskCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL_DIR|demo", //
            description = "Directory of a converted model that has words, or 'demo' for the small built-in one, which knows "
                    + "drawn scenes of everyday objects and short questions about them.")
    private String model;

    @Parameters(index = "1", arity = "0..1", paramLabel = "QUESTION", description = "What to answer, or what to begin with.")
    private String question;

    @Option(names = "--image", paramLabel = "FILE", description = PictureFile.FORMATS)
    private Path image;

    @Option(names = "--chat", description = "Take questions from standard input, in UTF-8 where it is no terminal.")
    private boolean chat;

    @Option(names = "--json", description = "Write one JSON object for each question to standard output, and nothing else.")
    private boolean json;

    @Mixin
    private GenerationArguments words;

    @Override
    public Integer call() throws IOException {
        GenerationOptions options = options();
        Questions questions = questions();
        StepTimes times = new StepTimes();
        Optional<DecodedImage> decoded = decode(times);
        try (ModelSource source = ModelSource.open(model); SegmentationModel loaded = load(source, times)) {
            AskReport report = new AskReport(Optional.ofNullable(image), decoded, times);
            Answerer answerer = new Answerer(loaded, decoded, options, json ? Optional.of(report) : Optional.empty(),
                    spec.commandLine());
            return answer(questions, answerer);
        }
    }

    /** One that is refused is no reason to lose what was asked and answered before it. */
    private int answer(Questions questions, Answerer answerer) throws IOException {
        int exitCode = 0;
        for (Optional<String> next = questions.next(); next.isPresent(); next = questions.next()) {
            try {
                answerer.answer(next.get());
            } catch (ConversationException e) {
                exitCode = Failures.report(named(e), spec.commandLine().getErr());
            }
        }
        return exitCode;
    }

    /** As people know what is refused. */
    private static IOException named(ConversationException refusal) {
        return refusal.field().equals("maxTokens") ? new IOException(GenerationArguments.option(refusal.getMessage()), refusal)
                : refusal;
    }

    private GenerationOptions options() {
        try {
            return words.options();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Questions questions() {
        boolean goesOn = chat || question == null;
        if (goesOn && !chat && !Terminal.isThere()) {
            throw new ParameterException(spec.commandLine(),
                    "QUESTION: found none; with --chat, each line of standard input is one");
        }
        return new Questions(Optional.ofNullable(question), goesOn, spec.commandLine().getErr());
    }

    private Optional<DecodedImage> decode(StepTimes times) throws IOException {
        if (image == null) {
            return Optional.empty();
        }
        PrintWriter err = spec.commandLine().getErr();
        try (Progress progress = Progress.start(err)) {
            progress.step("decoding the picture");
            DecodedImage decoded = times.time("decode_image", () -> PictureFile.decode(image));
            PictureFile.warn(image, decoded, err);
            return Optional.of(decoded);
        }
    }

    /** That a model has no words is told before its weights are read. */
    private SegmentationModel load(ModelSource source, StepTimes times) throws IOException {
        if (!ModelDescription.read(source.directory()).signatures().contains(Signature.PREFILL)) {
            throw new ModelException(model + " has no words: it has no signatures prefill and decode; convert its checkpoint "
                    + "again, which must have lm_head");
        }
        try (Progress progress = Progress.start(spec.commandLine().getErr())) {
            return times.time("load_model", () -> source.load(progress));
        }
    }
}
