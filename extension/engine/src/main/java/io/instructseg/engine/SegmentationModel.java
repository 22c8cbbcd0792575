package io.instructseg.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.mask.LabelMap;
import io.instructseg.engine.session.LoadListener;
import io.instructseg.engine.session.LoadOptions;
import io.instructseg.engine.session.ModelException;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.engine.session.Placement;
import io.instructseg.engine.session.StageException;
import io.instructseg.engine.session.TensorFlowOptions;
import io.instructseg.engine.text.Medium;
import io.instructseg.engine.text.Prompt;
import io.instructseg.engine.text.Prompts;
import io.instructseg.engine.text.Task;
import io.instructseg.engine.text.Tokenizer;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.engine.video.ReferenceFrames;
import io.instructseg.format.ModelManifest;
import io.instructseg.format.Signature;

/**
 * A loaded InstructSeg model. Calls block; they may come from several threads. Owns TensorFlow's memory until it is
 * closed, which must not happen while a call runs.
 */
public final class SegmentationModel implements AutoCloseable {

    private static final int MOST_INSTRUCTION_TOKENS = ConversationPrompt.CONTEXT;

    private static final int OFFICIAL_REFERENCE_FRAMES = 4;

    private static final int WARM_UP_WIDTH = 64;
    private static final int WARM_UP_HEIGHT = 48;

    private final ModelSession session;
    private final Tokenizer tokenizer;
    private final Prompts prompts;
    private final Optional<ModelManifest> manifest;
    private volatile boolean warm;

    private SegmentationModel(ModelSession session, Tokenizer tokenizer, Optional<ModelManifest> manifest) throws IOException {
        this.session = session;
        this.tokenizer = tokenizer;
        this.prompts = new Prompts(tokenizer);
        this.manifest = manifest;
    }

    /**
     * Loads a model from its directory on the first GPU, or on the CPU where there is none.
     *
     * @throws IOException as {@link #load(Path, Placement, TensorFlowOptions)} does
     */
    public static SegmentationModel load(Path directory) throws IOException {
        return load(directory, Placement.AUTO, TensorFlowOptions.DEFAULT);
    }

    /**
     * Loads a model from its directory: {@code saved_model.pb} with the signatures of {@link Signature}, {@code
     * tokenizer/}, and {@code model.json} if it is one that we converted.
     *
     * @param placement which module runs where; {@link ModelSession#devices} tells what became of {@code auto}
     * @throws IOException if something is missing, damaged, or does not fit together, or a device is not there
     */
    public static SegmentationModel load(Path directory, Placement placement, TensorFlowOptions options) throws IOException {
        return load(directory, LoadOptions.of(placement, options), LoadListener.NONE, CancellationToken.NONE);
    }

    /**
     * Loads a model as {@link #load(Path, Placement, TensorFlowOptions)} does, telling how far it is.
     *
     * @throws IOException also if the model needs more memory than is free
     * @throws java.util.concurrent.CancellationException once cancelled, before the next part of the weights is read; what
     *         was loaded is freed
     */
    public static SegmentationModel load(Path directory, LoadOptions options, LoadListener listener,
            CancellationToken cancellation) throws IOException {
        Optional<ModelManifest> manifest = Files.exists(directory.resolve(ModelManifest.FILE))
                ? Optional.of(ModelManifest.read(directory))
                : Optional.empty();
        Tokenizer tokenizer = Tokenizer.load(directory.resolve(ModelManifest.TOKENIZER_DIRECTORY));
        if (manifest.isPresent()) {
            requireSameVocabulary(directory, manifest.get(), tokenizer);
        }
        ModelSession session = ModelSession.load(directory, options, (done, total) -> {
            cancellation.throwIfCancelled();
            listener.progress(done, total);
        });
        try {
            return new SegmentationModel(session, tokenizer, manifest);
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static void requireSameVocabulary(Path directory, ModelManifest manifest, Tokenizer tokenizer)
            throws ModelException {
        int rows = manifest.hyperparameters().languageModel().vocabularySize();
        if (rows != tokenizer.size()) {
            throw new ModelException(
                    directory + ": the tokenizer has " + tokenizer.size() + " tokens, the model embeds " + rows);
        }
    }

    /** What {@code model.json} says, if the model has one. */
    public Optional<ModelManifest> manifest() {
        return manifest;
    }

    /** Stage by stage, for comparisons and measurements. */
    public ModelSession session() {
        return session;
    }

    /** The prompts that the model was trained with, in its tokens. */
    public Prompts prompts() {
        return prompts;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** How many reference frames a video's frame had in training. */
    public int referenceFrames() {
        return manifest.map(known -> known.hyperparameters().referenceFrames()).orElse(OFFICIAL_REFERENCE_FRAMES);
    }

    /**
     * Runs all stages once on a made-up picture and sentence, so that the first request doesn't wait for what TensorFlow
     * prepares when a stage first runs. Does nothing the second time.
     *
     * @throws StageException if a stage fails or gives numbers that are not finite
     * @throws java.util.concurrent.CancellationException between two stages, once cancelled
     */
    public void warmUp(CancellationToken cancellation) {
        if (warm) {
            return;
        }
        Prompt prompt = prompts.segmentation(Medium.IMAGE, Task.REFERRING, List.of("the thing on the left"));
        StageRunner runner = StageRunner.of(session, cancellation);
        new ImageSegmentation(runner, Candidates.BEST).answer(gradient(), List.of(prompt));
        if (generatesText()) {
            int[] ids = prompts.conversation(List.of("What is it?"), false);
            try (CachedLanguageModel languageModel = new ConversationPrompt(ids, ids.length).prefill(runner,
                    Optional.empty())) {
                languageModel.read(tokenizer.endOfText());
            }
        }
        warm = true;
    }

    private static RgbImage gradient() {
        byte[] pixels = new byte[WARM_UP_WIDTH * WARM_UP_HEIGHT * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (255L * i / pixels.length);
        }
        return new RgbImage(WARM_UP_WIDTH, WARM_UP_HEIGHT, pixels);
    }

    /**
     * Segments a picture. The picture is encoded once for all instructions.
     *
     * @return an answer for each instruction, in their order
     * @throws ImageException if the picture is too long and thin
     * @throws ImageException if the masks of all answers would take more than a quarter of the Java heap
     * @throws InstructionException if an instruction has more than 2048 tokens, with those of an explanation, or a blank
     *         sentence, or is none of reasoning and an explanation is wanted
     * @throws StageException if an explanation is wanted and the model has no words: see {@link #generatesText}
     * @throws java.util.concurrent.CancellationException between two stages, once cancelled
     */
    public List<Segmentation> segment(DecodedImage image, List<Instruction> instructions, SegmentationOptions options,
            CancellationToken cancellation) throws ImageException, InstructionException {
        return segment(image, instructions, options, cancellation, run -> {
        });
    }

    /**
     * Segments a picture as {@link #segment(DecodedImage, List, SegmentationOptions, CancellationToken)} does.
     *
     * @param listener is told about each stage that ran, on the calling thread
     */
    public List<Segmentation> segment(DecodedImage image, List<Instruction> instructions, SegmentationOptions options,
            CancellationToken cancellation, Consumer<StageRun> listener) throws ImageException, InstructionException {
        MaskMemory.require(image.image(), instructions.size(),
                options.candidates() == Candidates.ALL ? session.size("Q") : 1);
        StageRunner runner = StageRunner.of(session, cancellation, listener);
        List<Prompt> all = prompts(Medium.IMAGE, instructions);
        ImageSegmentation segmentation = new ImageSegmentation(runner, options.candidates());
        if (options.explanation().isPresent()) {
            return explained(image, instructions, options, segmentation);
        }
        List<List<Candidate>> answers = segmentation.answer(image.image(), all);
        return IntStream.range(0, answers.size()).mapToObj(i -> Segmentation.of(instructions.get(i), answers.get(i),
                options.threshold(), image, runner.timings().durations())).toList();
    }

    private List<Segmentation> explained(DecodedImage image, List<Instruction> instructions, SegmentationOptions options,
            ImageSegmentation segmentation) throws InstructionException {
        session.require(Signature.PREFILL);
        ExplainedSegmentation explaining = new ExplainedSegmentation(segmentation, prompts, tokenizer,
                options.explanation().get());
        List<ExplainedSegmentation.Answer> answers = explaining.answer(image.image(),
                explaining.prompts(instructions, MOST_INSTRUCTION_TOKENS));
        return IntStream.range(0, answers.size()).mapToObj(i -> Segmentation.of(instructions.get(i),
                answers.get(i).candidates(), options.threshold(), image, segmentation.runner().timings().durations())
                .explained(answers.get(i).words())).toList();
    }

    /**
     * Segments a video as {@link #segment(FrameSource, List, VideoOptions, CancellationToken, Consumer)} does, telling nobody.
     */
    public VideoSegmentation segment(FrameSource frames, List<Instruction> instructions, VideoOptions options,
            CancellationToken cancellation) throws InstructionException {
        return segment(frames, instructions, options, cancellation, run -> {
        });
    }

    /**
     * Segments a video, frame by frame as they are asked for.
     *
     * @param frames closed with what is returned, also if this throws
     * @param listener is told about each stage that ran, on the thread that asks for a frame
     * @throws InstructionException if an instruction has more than 2048 tokens or a blank sentence
     * @throws IllegalArgumentException if more objects are to be merged than there are labels
     */
    public VideoSegmentation segment(FrameSource frames, List<Instruction> instructions, VideoOptions options,
            CancellationToken cancellation, Consumer<StageRun> listener) throws InstructionException {
        try {
            if (options.mergesByProbability()) {
                LabelMap.requireObjects(instructions.size());
            }
            return new VideoSegmentation(frames, instructions, prompts(Medium.VIDEO, instructions),
                    options.references().orElseGet(() -> ReferenceFrames.around(referenceFrames())), options,
                    () -> StageRunner.of(session, cancellation, listener));
        } catch (InstructionException | RuntimeException | Error e) {
            frames.close();
            throw e;
        }
    }

    /** Whether the model can {@link #answer} and explain: it has the signatures {@code prefill} and {@code decode}. */
    public boolean generatesText() {
        return session.offers(Signature.PREFILL) && session.offers(Signature.DECODE);
    }

    /**
     * Answers as {@link #answer(Optional, Conversation, GenerationOptions, CancellationToken, Consumer)} does, telling nobody.
     */
    public TextGeneration answer(Optional<DecodedImage> image, Conversation conversation, GenerationOptions options,
            CancellationToken cancellation) throws ConversationException {
        return answer(image, conversation, options, cancellation, run -> {
        });
    }

    /**
     * Answers a question in words, token by token as they are asked for. Nothing runs before.
     *
     * @param image what the conversation is about, if it is about a picture
     * @param listener is told about each stage that ran, on the thread that asks for a piece of the text
     * @throws ConversationException if a question or an answer is blank, or all of it with the tokens to be made is too long
     * @throws StageException if the model has no words: see {@link #generatesText}
     */
    public TextGeneration answer(Optional<DecodedImage> image, Conversation conversation, GenerationOptions options,
            CancellationToken cancellation, Consumer<StageRun> listener) throws ConversationException {
        return answer(image, conversation, options, StageRunner.of(session, cancellation, listener), tokenizer.endOfText());
    }

    /** Answers with another token that ends a text than the tokenizer's, for comparisons with what was recorded so. */
    public TextGeneration answerUntil(int end, Optional<DecodedImage> image, Conversation conversation,
            GenerationOptions options) throws ConversationException {
        return answer(image, conversation, options, StageRunner.of(session, CancellationToken.NONE), end);
    }

    private TextGeneration answer(Optional<DecodedImage> image, Conversation conversation, GenerationOptions options,
            StageRunner runner, int end) throws ConversationException {
        session.require(Signature.PREFILL);
        ConversationPrompt prompt = ConversationPrompt.of(prompts, tokenizer, conversation,
                image.isPresent() ? session.size("P") : 0, options.maxTokens());
        return new TextGeneration(runner, () -> prompt.prefill(runner, image.map(DecodedImage::image)), prompt.tokens(),
                tokenizer, options, end);
    }

    /**
     * What a greedy answer has in the place of each token of a given one, behind the given ones before it; for comparisons.
     *
     * @param prompt ids of {@link Prompts#conversation}
     * @param image of the prompt, if it is about one
     * @throws StageException if the model has no words: see {@link #generatesText}
     */
    public List<NextToken> nextTokens(int[] prompt, Optional<RgbImage> image, int[] answer) {
        StageRunner runner = StageRunner.of(session, CancellationToken.NONE);
        TokenSampler greedy = new TokenSampler(GenerationOptions.DEFAULT, tokenizer.size());
        List<NextToken> tokens = new ArrayList<>();
        try (CachedLanguageModel languageModel = new ConversationPrompt(prompt, prompt.length).prefill(runner, image)) {
            while (tokens.size() < answer.length) {
                if (!tokens.isEmpty()) {
                    languageModel.read(answer[tokens.size() - 1]);
                }
                tokens.add(new NextToken(greedy.next(languageModel.logits()), languageModel.logits()));
            }
        }
        return tokens;
    }

    /**
     * The candidates of all queries by falling score, for comparisons: of any prompt, also one that {@link #segment} refuses
     * and the official code takes.
     */
    public List<Candidate> candidates(RgbImage image, Prompt prompt) {
        StageRunner runner = StageRunner.of(session, CancellationToken.NONE);
        return new ImageSegmentation(runner, Candidates.ALL).answer(image, List.of(prompt)).get(0);
    }

    private List<Prompt> prompts(Medium medium, List<Instruction> instructions) throws InstructionException {
        List<Prompt> all = new ArrayList<>();
        for (Instruction instruction : instructions) {
            all.add(prompt(medium, all.size(), instruction));
        }
        return all;
    }

    /** The official code never cuts an instruction, and neither do we. */
    Prompt prompt(Medium medium, int index, Instruction instruction) throws InstructionException {
        for (int i = 0; i < instruction.sentences().size(); i++) {
            if (Prompts.isBlank(instruction.sentences().get(i))) {
                throw new InstructionException(index, ".sentences[" + i + "]", "found a blank sentence, expected words");
            }
        }
        // so many characters can't be fewer tokens: no need to count
        int characters = Prompts.instruction(medium, instruction.task(), instruction.sentences()).length();
        if (characters > (long) MOST_INSTRUCTION_TOKENS * tokenizer.longestToken()) {
            long own = instruction.sentences().stream().mapToLong(String::length).sum();
            throw new InstructionException(index, "", "found " + own + " characters, expected at most "
                    + MOST_INSTRUCTION_TOKENS + " tokens");
        }
        Prompt prompt = prompts.segmentation(medium, instruction.task(), instruction.sentences());
        if (prompt.instruction().length > MOST_INSTRUCTION_TOKENS) {
            throw new InstructionException(index, "", "found " + prompt.instruction().length + " tokens, expected at most "
                    + MOST_INSTRUCTION_TOKENS);
        }
        return prompt;
    }

    @Override
    public void close() {
        session.close();
    }
}
