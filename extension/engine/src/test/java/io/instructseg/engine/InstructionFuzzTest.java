package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.instructseg.engine.session.TestModel;
import io.instructseg.engine.text.Medium;
import io.instructseg.engine.text.Prompt;
import io.instructseg.engine.text.Prompts;
import io.instructseg.engine.text.Task;
import io.instructseg.engine.text.Tokenizer;

/** What users write, on its way into a prompt: ids that the model embeds, or a refusal. */
class InstructionFuzzTest {

    private static final String[] PIECES = { "[SEG]", "[SE", "G]", "<|endoftext|>", "<|endof", "text|>", "[PAD]", "<image>",
            "<seg>",
            "<refer>", "<temporal>", "-200", " ", "\t", "\r\n", "\u0000", "\u0007", "\u001b[2J", "\u0085", "\u00a0", "\u200b",
            "\u202e", "\ufeff", "\ufffd", "\uffff", "\ud800", "\udc00", "\ud83d\udc15", "e\u0301", "\u0130", "'s", "'LL", "(s)",
            "dog", "12", ".", "ASSISTANT:", "\u0120", "\u72ac" };
    /** As the official code does, user text may hold these, and no other added token than it spells. */
    private static final Pattern ADDED = Pattern.compile("\\[SEG\\]|<\\|endoftext\\|>|\\[PAD\\]");

    private static SegmentationModel model;

    @BeforeAll
    static void load() throws IOException {
        model = SegmentationModel.load(TestModel.directory());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void anyTextIsIdsInRangeOrRefused() {
        Random random = new Random(20241214);
        int taken = 0;
        for (int i = 0; i < 4000; i++) {
            Task task = Task.values()[random.nextInt(Task.values().length)];
            List<String> sentences = IntStream.rangeClosed(0, random.nextInt(3)).mapToObj(n -> text(random)).toList();
            try {
                check(task, sentences, model.prompt(Medium.IMAGE, 0, new Instruction(task, sentences)));
                taken++;
            } catch (InstructionException e) {
                assertThat(e)
                        .hasMessageMatching("instructions\\[0\\](\\.sentences\\[\\d\\]: found a blank sentence, expected words"
                                + "|: found \\d+ (tokens|characters), expected at most 2048( tokens)?)");
            }
        }
        assertThat(taken).isBetween(2000, 3900);
    }

    private static void check(Task task, List<String> sentences, Prompt prompt) {
        Tokenizer tokenizer = model.tokenizer();
        Prompt plain = model.prompts().segmentation(Medium.IMAGE, task, List.of("dog"));
        assertThat(prompt.ids()).isEqualTo(plain.ids());
        assertThat(prompt.instruction()).hasSizeLessThanOrEqualTo(2048);
        assertThat(IntStream.of(prompt.instruction()).allMatch(id -> id >= 0 && id < tokenizer.size())).isTrue();
        List<Integer> expected = new ArrayList<>();
        Matcher spelled = ADDED.matcher(Prompts.instruction(Medium.IMAGE, task, sentences));
        while (spelled.find()) {
            expected.add(tokenizer.id(spelled.group()).orElseThrow());
        }
        expected.add(tokenizer.segmentationToken());
        List<Integer> special = List.of(tokenizer.segmentationToken(), tokenizer.endOfText(), tokenizer.padding());
        assertThat(IntStream.of(prompt.instruction()).boxed().filter(special::contains).toList()).isEqualTo(expected);
    }

    /** Up to some thousand characters, mostly few. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int pieces = random.nextInt(random.nextInt(40) == 0 ? 3000 : 8);
        for (int n = pieces; n > 0; n--) {
            switch (random.nextInt(5)) {
                case 0 -> text.append((char) random.nextInt(0x10000));
                case 1 -> text.appendCodePoint(random.nextInt(0x110000));
                default -> text.append(PIECES[random.nextInt(PIECES.length)]);
            }
        }
        return text.toString();
    }

    @Test
    void sentencesUpToTheLimitAreCountedInTokens() throws InstructionException {
        // "." and [SEG] are two more
        int[] most = model.prompt(Medium.IMAGE, 0, Instruction.referring("[SEG]".repeat(2046))).instruction();
        assertThat(most).hasSize(2048);
        assertThatThrownBy(() -> model.prompt(Medium.IMAGE, 3, Instruction.referring("[SEG]".repeat(2047))))
                .hasMessage("instructions[3]: found 2049 tokens, expected at most 2048");
    }

    /** 10 MB of it: whoever counted its tokens, or worse, would be at it for a long time. */
    @ParameterizedTest
    @ValueSource(strings = { "a", "the dog ", "[SEG]", "[SE", " ", "\ud800", "\u72ac", "'", "<|endoftext|>" })
    void enormousSentencesAreRefusedAtOnce(String piece) {
        String enormous = "x" + piece.repeat(10_000_000 / piece.length()) + "x";
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            for (Task task : Task.values()) {
                assertThatThrownBy(() -> model.prompt(Medium.IMAGE, 0, new Instruction(task, List.of(enormous))))
                        .isInstanceOf(InstructionException.class)
                        .hasMessageMatching("instructions\\[0\\]: found \\d+ characters, expected at most 2048 tokens");
            }
        });
    }
}
