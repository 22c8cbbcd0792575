package io.instructseg.checkpoint;

import static io.instructseg.checkpoint.PickleBuilder.pickle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnpicklerTest {

    @TempDir
    Path directory;

    @Test
    void callsAreRefusedByName() {
        assertRefused(pickle().global("os", "system").text("touch /tmp/x").raw(0x85).op("R").stop(), "byte 2",
                "global 'os.system' is not allowed");
        assertRefused(pickle().global("builtins", "eval").op(")R").stop(), "'builtins.eval'");
        assertRefused(pickle().global("torch", "load").op(")R").stop(), "'torch.load'");
        assertRefused(pickle().global("torch", "FLOAT32").op(")R").stop(), "'torch.FLOAT32'");
        assertRefused(pickle().text("os").text("system").raw(0x93).stop(), "'os.system'");
        assertRefused(pickle().global("torch", "FloatStorage").op(")R").stop(), "torch.FloatStorage is not a function");
        assertRefused(pickle().text("os.system").op(")R").stop(), "found a string, expected a class or function");
        assertRefused(pickle().global("collections", "OrderedDict").op("]").raw(0x85).op("R").stop(),
                "1 arguments, expected 0");
    }

    @ParameterizedTest
    @CsvSource({ "i, INST", "o, OBJ", "0x81, NEWOBJ", "0x92, NEWOBJ_EX", "0x82, EXT1", "P, PERSID", "0x8b, LONG4",
            "0x8d, BINUNICODE8", "0x97, NEXT_BUFFER", "2, DUP", "0, POP", "0x8f, EMPTY_SET", "I, INT", "U, SHORT_BINSTRING" })
    void otherOpcodesAreRefusedByName(String code, String name) {
        int opcode = code.length() > 1 ? Integer.decode(code) : code.charAt(0);
        assertRefused(pickle().op("}").raw(opcode).op("....").stop(), "byte 3: opcode " + name + " is not allowed");
    }

    @Test
    void malformedPicklesAreRefused() {
        assertRefused(new byte[0], "without STOP");
        assertRefused(pickle().raw(0xff).stop(), "unknown opcode 0xff");
        assertRefused(new PickleBuilder().raw(0x80, 6).stop(), "protocol 6");
        assertRefused(pickle().stop(), "nothing on the stack");
        assertRefused(pickle().op("(").stop(), "nothing on the stack");
        assertRefused(pickle().op("}}").stop(), "1 values left");
        assertRefused(pickle().op("t").stop(), "no mark");
        assertRefused(pickle().op("h").raw(7).stop(), "nothing in the memo at 7");
        assertRefused(pickle().op("}]]s").stop(), "a dict's key is a list");
        assertRefused(pickle().op("}(").text("a").op("u").stop(), "a key without a value");
        assertRefused(pickle().op("}(").text("a").op("N").text("a").op("Nu").stop(), "duplicate key 'a'");
        assertRefused(pickle().op("X").raw(0xff, 0xff, 0xff, 0xff).stop(), "a string of 4294967295 bytes");
        assertRefused(pickle().op("X").raw(0xff, 0xff, 0xff, 0x7f).stop(), "a string of 2147483647 bytes");
        assertRefused(pickle().op("X").raw(1, 0, 0, 0, 0xff).stop(), "not in UTF-8");
        assertRefused(pickle().raw(0x8a, 9).op("123456789").stop(), "an integer of 9 bytes");
        assertRefused(pickle().op("c" + "a".repeat(1000)).stop(), "more than 256 bytes");
        assertRefused(pickle().op("]}b").stop(), "found a list, expected a dict");
        assertRefused(pickle().op("]Q").stop(), "found a list, expected a tuple");
        assertRefused(pickle().op(")Q").stop(), "the kind of a persistent id is None");
        assertRefused(pickle().text("module").raw(0x85).op("Q").stop(), "a persistent id of 'module'");
    }

    @Test
    void readsIntegersOfEveryWidth() throws Exception {
        byte[] pickle = pickle().op("](").raw('K', 255, 'M', 255, 255, 'J', 255, 255, 255, 255, 0x8a, 0, 0x8a, 1, 0x80, 0x8a, 2,
                0x80, 0).op("e").stop();
        assertThat(load(pickle)).isInstanceOfSatisfying(PickleList.class,
                list -> assertThat(list.values()).isEqualTo(List.of(255L, 65535L, -1L, 0L, -128L, 128L)));
    }

    @Test
    void bombsAreDefused() throws Exception {
        // Each tuple holds the one before twice: 2^1000 leaves, if anyone followed them.
        PickleBuilder doubling = pickle().op(")");
        for (int i = 0; i < 1000; i++) {
            doubling.op("q").raw(0).op("h").raw(0).raw(0x86);
        }
        assertRefused(doubling.op("}").raw(0x86).stop(), "the pickle holds a tuple");
        assertRefused(pickle().op("}".repeat(3_000_000)).stop(), "more than 2000000 instructions");
        assertRefused(pickle().op("(".repeat(3_000_000)).stop(), "more than 2000000 instructions");
        assertRefused(pickle().op(")").op("\u0085".repeat(1_900_000)).stop(), "the pickle holds a tuple");
        assertRefused(pickle().op("]q").raw(0).op("h").raw(0).op("a").stop(), "the pickle holds a list");
        PickleBuilder memo = pickle().op("}");
        for (int i = 0; i < 1_000_000; i++) {
            memo.op("r").raw(i, i >> 8, i >> 16, 0xff);
        }
        byte[] remembering = memo.stop();
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThat(load(remembering)).isInstanceOf(PickleDict.class));
    }

    private void assertRefused(byte[] pickle, String... messages) {
        assertTimeoutPreemptively(Duration.ofSeconds(20),
                () -> assertThatThrownBy(() -> open(pickle).close()).isInstanceOf(CheckpointException.class)
                        .hasMessageContainingAll(messages));
    }

    private Checkpoint open(byte[] pickle) throws IOException {
        ZipBuilder.torch(pickle).write(directory.resolve("pytorch_model.bin"));
        return Checkpoint.open(directory);
    }

    private Object load(byte[] pickle) throws IOException {
        Path file = Files.write(directory.resolve("data.pkl"), pickle);
        try (WeightFile weights = WeightFile.open(file)) {
            return Unpickler.load(new PickleInput(weights, weights.read(0, pickle.length)));
        }
    }
}
