package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.session.StageException;
import io.instructseg.engine.session.TestModel;
import io.instructseg.format.Signature;

/** Answers in words through the public API; the official ones are greedy and have 24 tokens each. */
class TextGenerationTest {

    private static final int TOKENS = 24;
    private static final GenerationOptions GREEDY = GenerationOptions.DEFAULT.withMaxTokens(TOKENS);
    private static final String WITHOUT_WORDS = "stage prefill failed: the model has no signature prefill: its checkpoint has "
            + "no lm_head.weight, or it was converted by a version without answers in words";

    private static SegmentationModel modelA;
    private static SegmentationModel modelB;

    @TempDir
    Path directory;

    @BeforeAll
    static void load() throws IOException {
        modelA = SegmentationModel.load(TestModel.directory("model-a"));
        modelB = SegmentationModel.load(TestModel.directory());
    }

    @AfterAll
    static void close() {
        modelA.close();
        modelB.close();
    }

    private record Golden(String model, String question, Optional<DecodedImage> image, int[] ids, String text) {

        static Golden of(String model, String name) throws IOException {
            JsonNode golden = json(model, name);
            String text = golden.path("user_text").asText(golden.get("question").asText());
            Optional<DecodedImage> image = golden.path("image").isTextual()
                    ? Optional.of(ImageDecoder.decode(texts(model).resolve(golden.get("image").asText()), ImageLimits.DEFAULT))
                    : Optional.empty();
            return new Golden(model, text, image, ids(golden), golden.get("text").asText());
        }

        static JsonNode json(String model, String name) throws IOException {
            JsonNode all = new ObjectMapper().readTree(texts(model).resolve("generation.json").toFile());
            return StreamSupport.stream(all.spliterator(), false).filter(each -> each.get("name").asText().equals(name))
                    .findFirst().orElseThrow();
        }

        static int[] ids(JsonNode golden) {
            return StreamSupport.stream(golden.get("new_token_ids").spliterator(), false).mapToInt(JsonNode::intValue)
                    .toArray();
        }

        TextGeneration ask(GenerationOptions options) throws IOException {
            return loaded().answer(image, Conversation.of(question), options, CancellationToken.NONE);
        }

        SegmentationModel loaded() {
            return model.equals("model-a") ? modelA : modelB;
        }
    }

    private static Path texts(String model) {
        return TestModel.golden(model).resolve("text");
    }

    private static String read(TextGeneration answer) {
        return String.join("", pieces(answer));
    }

    private static List<String> pieces(TextGeneration answer) {
        List<String> pieces = new ArrayList<>();
        for (Optional<String> piece = answer.next(); piece.isPresent(); piece = answer.next()) {
            pieces.add(piece.get());
        }
        return pieces;
    }

    @ParameterizedTest
    @ValueSource(strings = { "model-a", "model-b" })
    void answersAreTheOfficialOnes(String model) throws IOException {
        for (String name : List.of("vqa_0", "vqa_1", "vqa_2", "vqa_3", "text_only")) {
            Golden golden = Golden.of(model, name);
            List<StageRun> runs = new ArrayList<>();
            try (TextGeneration answer = golden.loaded().answer(golden.image(), Conversation.of(golden.question()), GREEDY,
                    CancellationToken.NONE, runs::add)) {
                assertThat(runs).as("nothing runs before it is asked").isEmpty();
                assertThatThrownBy(answer::finish).isExactlyInstanceOf(IllegalStateException.class);
                List<String> pieces = pieces(answer);
                assertThat(answer.ids()).as(name).isEqualTo(golden.ids());
                assertThat(String.join("", pieces)).as(name).isEqualTo(golden.text().stripLeading());
                assertThat(pieces).hasSizeGreaterThan(5).doesNotContain("");
                assertThat(answer.finish()).isEqualTo(FinishReason.MAX_TOKENS);
                assertThat(answer.tokens()).isEqualTo(TOKENS);
                assertThat(answer.timings()).containsOnlyKeys(
                        runs.stream().map(StageRun::stage).distinct().toArray(Signature[]::new));
                assertThat(answer.next()).isEmpty();
            }
            Map<Signature, Long> counts = runs.stream()
                    .collect(Collectors.groupingBy(StageRun::stage, Collectors.counting()));
            assertThat(counts).isEqualTo(golden.image().isPresent()
                    ? Map.of(Signature.ENCODE_VISION, 1L, Signature.PREFILL, 1L, Signature.DECODE, TOKENS - 1L)
                    : Map.of(Signature.PREFILL, 1L, Signature.DECODE, TOKENS - 1L));
        }
    }

    /** With another token that ends a text, as the recorded run had. */
    @ParameterizedTest
    @ValueSource(strings = { "model-a", "model-b" })
    void theTokenThatEndsATextIsNoPartOfIt(String model) throws IOException {
        JsonNode recorded = Golden.json(model, "eos");
        Golden golden = Golden.of(model, recorded.get("of").asText());
        int[] ids = Golden.ids(recorded);
        SegmentationModel loaded = golden.loaded();
        StageRunner runner = StageRunner.of(loaded.session(), CancellationToken.NONE);
        ConversationPrompt prompt = ConversationPrompt.of(loaded.prompts(), loaded.tokenizer(),
                Conversation.of(golden.question()), loaded.session().size("P"), TOKENS);
        try (TextGeneration answer = new TextGeneration(runner,
                () -> prompt.prefill(runner, golden.image().map(DecodedImage::image)), prompt.tokens(), loaded.tokenizer(),
                GREEDY, recorded.get("eos_token_id").asInt())) {
            String text = read(answer);
            assertThat(answer.finish()).isEqualTo(FinishReason.END_OF_TEXT);
            assertThat(answer.ids()).isEqualTo(Arrays.copyOf(ids, ids.length - 1));
            assertThat(text).isEqualTo(loaded.tokenizer().decode(answer.ids(), true).stripLeading());
        }
    }

    /** It begins in one token and ends in another one. */
    @Test
    void stopStringsEndTheText() throws IOException {
        Golden golden = Golden.of("model-a", "vqa_3");
        int begin = golden.text().indexOf("right") + 3;
        String stop = golden.text().substring(begin, begin + 6);
        assertThat(golden.text().indexOf(stop)).isEqualTo(begin);
        try (TextGeneration answer = golden.ask(GREEDY.withStop(List.of("never", stop)))) {
            assertThat(read(answer)).isEqualTo(golden.text().substring(0, begin));
            assertThat(answer.finish()).isEqualTo(FinishReason.STOP_STRING);
            assertThat(answer.tokens()).isLessThan(TOKENS);
        }
        String unfinished = golden.text().substring(golden.text().length() - 2) + "never";
        try (TextGeneration answer = golden.ask(GREEDY.withStop(List.of(unfinished)))) {
            assertThat(read(answer)).as("what was held back comes at the end").isEqualTo(golden.text());
        }
    }

    @Test
    void noStringStopsATextBeforeItBegins() throws IOException {
        Golden golden = Golden.of("model-b", "vqa_1");
        assertThat(golden.text()).startsWith(" middle m");
        try (TextGeneration answer = golden.ask(GREEDY.withStop(List.of(" ")))) {
            assertThat(read(answer)).isEqualTo("middle");
            assertThat(answer.finish()).isEqualTo(FinishReason.STOP_STRING);
        }
    }

    @Test
    void theSeedDecidesWhatIsDrawn() throws IOException {
        Golden golden = Golden.of("model-b", "vqa_0");
        List<int[]> ids = new ArrayList<>();
        for (int seed : new int[] { 1, 1, 2 }) {
            try (TextGeneration answer = golden.ask(GREEDY.withTemperature(2).withSeed(seed).withMaxTokens(12))) {
                read(answer);
                ids.add(answer.ids());
            }
        }
        assertThat(ids.get(0)).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2));
        try (TextGeneration likeliest = golden.ask(GREEDY.withTemperature(1).withTopK(1))) {
            read(likeliest);
            assertThat(likeliest.ids()).isEqualTo(golden.ids());
        }
    }

    /** Turn by turn on one thread, and on two. */
    @Test
    void severalAnswersAreMadeAtOnce() throws IOException {
        List<Golden> goldens = List.of(Golden.of("model-b", "vqa_0"), Golden.of("model-b", "vqa_2"));
        try (TextGeneration one = goldens.get(0).ask(GREEDY); TextGeneration other = goldens.get(1).ask(GREEDY)) {
            StringBuilder ones = new StringBuilder();
            StringBuilder others = new StringBuilder();
            for (int i = 0; i < TOKENS; i++) {
                one.next().ifPresent(ones::append);
                other.next().ifPresent(others::append);
            }
            assertThat(List.of(ones.toString(), others.toString())).isEqualTo(goldens.stream().map(Golden::text).toList());
        }
        List<CompletableFuture<String>> texts = goldens.stream().map(golden -> CompletableFuture.supplyAsync(() -> {
            try (TextGeneration answer = golden.ask(GREEDY)) {
                return read(answer);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        })).toList();
        assertThat(texts.stream().map(CompletableFuture::join)).containsExactlyElementsOf(
                goldens.stream().map(Golden::text).toList());
    }

    @Test
    void endsBetweenTwoTokensOnceCancelled() throws IOException {
        Golden golden = Golden.of("model-b", "vqa_0");
        AtomicInteger asked = new AtomicInteger();
        TextGeneration answer = modelB.answer(golden.image(), Conversation.of(golden.question()), GREEDY,
                () -> asked.incrementAndGet() > 5);
        assertThatThrownBy(() -> read(answer)).isInstanceOf(CancellationException.class);
        assertThat(asked).hasValue(6);
        assertThat(answer.ids()).isEqualTo(Arrays.copyOf(golden.ids(), 4));
        assertThatThrownBy(answer::next).isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("this text is closed");
        answer.close();
    }

    /** The turns before are the prompt's, as the tests of prompts compare with the official ones. */
    @Test
    void turnsBeforeAreRead() throws IOException {
        Golden golden = Golden.of("model-a", "vqa_0");
        Conversation conversation = Conversation.of("What is it?").then("A dog.", golden.question());
        try (TextGeneration first = golden.ask(GREEDY);
                TextGeneration second = modelA.answer(golden.image(), conversation, GREEDY, CancellationToken.NONE)) {
            int[] ids = modelA.prompts().conversation(List.of("What is it?", "A dog.", golden.question()), true);
            assertThat(second.promptTokens()).isEqualTo(ids.length - 1 + modelA.session().size("P"))
                    .isGreaterThan(first.promptTokens());
            assertThat(read(second)).isNotEqualTo(read(first));
            assertThat(second.finish()).isEqualTo(FinishReason.MAX_TOKENS);
        }
    }

    @Test
    void refusalsNameTheField() {
        Conversation.Turn turn = new Conversation.Turn("why", "so");
        int patches = modelB.session().size("P");
        int least = modelB.prompts().conversation(List.of("why"), true).length - 1 + patches;
        refused(Conversation.of(" \n<image>"), GREEDY, "question", "found a blank text, expected words");
        refused(new Conversation(List.of(turn, new Conversation.Turn("\u00A0", "so")), "why"), GREEDY, "turns[1].question",
                "found a blank text, expected words");
        refused(Conversation.of("why").then("", "why"), GREEDY, "turns[0].answer", "found a blank text, expected words");
        refused(Conversation.of("why").then("x".repeat(10_000_000), "why"), GREEDY, "turns[0].answer",
                "found 10000000 characters, expected at most 2048 tokens");
        int most = 2048 * modelB.tokenizer().longestToken();
        refused(Conversation.of("y".repeat(most)).then("x".repeat(most), "why"), GREEDY, "turns", "found " + (2 * most + 3)
                + " characters, expected at most 2048 tokens");
        refused(new Conversation(IntStream.range(0, 129).mapToObj(i -> turn).toList(), "why"), GREEDY, "turns",
                "found 129, expected at most 128");
        refused(Conversation.of("why"), GREEDY.withMaxTokens(2047), "maxTokens", "found 2047 after a prompt of " + least
                + " tokens, expected at most " + (2048 - least));
        String long1999 = "[".repeat(1999);
        refusedMatching(Conversation.of(long1999), "question: found a prompt of \\d+ tokens, (" + patches
                + " of them the picture's, )?expected at most 2047");
        refusedMatching(Conversation.of("why").then(long1999, "why"), "turns: found a prompt of .*expected at most 2047");
    }

    private static void refused(Conversation conversation, GenerationOptions options, String field, String problem) {
        assertThatThrownBy(() -> ask(conversation, options)).isExactlyInstanceOf(ConversationException.class)
                .hasMessage(field + ": " + problem).extracting(refusal -> ((ConversationException) refusal).field())
                .isEqualTo(field);
    }

    private static void refusedMatching(Conversation conversation, String message) {
        assertThatThrownBy(() -> ask(conversation, GREEDY)).isExactlyInstanceOf(ConversationException.class)
                .hasMessageMatching(message);
    }

    private static void ask(Conversation conversation, GenerationOptions options) throws IOException {
        modelB.answer(Golden.of("model-b", "vqa_0").image(), conversation, options, CancellationToken.NONE).close();
    }

    @Test
    void theLongestPromptThatFitsIsAnswered() throws IOException {
        int most = 2048 - modelB.prompts().conversation(List.of("why"), true).length + 1 - modelB.session().size("P");
        try (TextGeneration answer = modelB.answer(Golden.of("model-b", "vqa_0").image(), Conversation.of("why"),
                GREEDY.withMaxTokens(most), CancellationToken.NONE)) {
            assertThat(answer.promptTokens() + most).isEqualTo(2048);
            assertThat(answer.next()).isPresent();
        }
    }

    @Test
    void aModelWithoutWordsSegmentsAllTheSame() throws IOException {
        TestModel.edited(directory, graph -> graph.removeSignatureDef("prefill").removeSignatureDef("decode"));
        assertThat(modelB.generatesText()).isTrue();
        try (SegmentationModel silent = SegmentationModel.load(directory)) {
            assertThat(silent.generatesText()).isFalse();
            assertThatThrownBy(() -> silent.answer(Optional.empty(), Conversation.of("why"), GREEDY, CancellationToken.NONE))
                    .isExactlyInstanceOf(StageException.class).hasMessage(WITHOUT_WORDS);
            DecodedImage image = Golden.of("model-b", "vqa_0").image().orElseThrow();
            List<Instruction> instructions = List.of(Instruction.reasoning("why"));
            assertThatThrownBy(() -> silent.segment(image, instructions, SegmentationOptions.DEFAULT.withExplanation(GREEDY),
                    CancellationToken.NONE)).isExactlyInstanceOf(StageException.class).hasMessage(WITHOUT_WORDS);
            assertThat(silent.segment(image, instructions, SegmentationOptions.DEFAULT, CancellationToken.NONE)).hasSize(1);
        }
    }
}
