package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a model that are cut, changed, missing or something else: an exception, not the end of the JVM. */
class DamagedModelTest {

    private static final String GRAPH = "saved_model.pb";
    private static final String INDEX = "variables/variables.index";
    private static final String DATA = "variables/variables.data-00000-of-00001";

    @TempDir
    Path directory;

    private enum Damage {

        MISSING {
            @Override
            byte[] apply(byte[] bytes) {
                return null;
            }
        },
        EMPTY {
            @Override
            byte[] apply(byte[] bytes) {
                return new byte[0];
            }
        },
        HALF {
            @Override
            byte[] apply(byte[] bytes) {
                return Arrays.copyOf(bytes, bytes.length / 2);
            }
        },
        ONE_BYTE_SHORT {
            @Override
            byte[] apply(byte[] bytes) {
                return Arrays.copyOf(bytes, bytes.length - 1);
            }
        },
        CHANGED {
            @Override
            byte[] apply(byte[] bytes) {
                bytes[bytes.length / 3] ^= 0x55;
                return bytes;
            }
        },
        NOISE {
            @Override
            byte[] apply(byte[] bytes) {
                new SplittableRandom(1).nextBytes(bytes);
                return bytes;
            }
        };

        /** null: no file. */
        abstract byte[] apply(byte[] bytes);
    }

    @ParameterizedTest
    @EnumSource(names = { "MISSING", "ONE_BYTE_SHORT", "CHANGED" })
    void damagedWeights(Damage damage) throws IOException {
        assertRefused(DATA, damage);
    }

    @ParameterizedTest
    @EnumSource(names = { "MISSING", "HALF", "CHANGED" })
    void damagedIndex(Damage damage) throws IOException {
        assertRefused(INDEX, damage);
    }

    /** A changed byte in a name or a constant can leave another valid graph: no checksum guards this file. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CHANGED")
    void damagedGraph(Damage damage) throws IOException {
        assertRefused(GRAPH, damage);
        assertThatThrownBy(() -> ModelDescription.read(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining(directory.toString());
    }

    @ParameterizedTest
    @ValueSource(longs = { 1L << 33, 1L << 40 })
    void hugeGraph(long bytes) throws IOException {
        TestModel.copy(directory);
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve(GRAPH).toFile(), "rw")) {
            file.setLength(bytes);
        }
        assertThatThrownBy(() -> ModelSession.load(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessage(directory.resolve(GRAPH) + " has " + bytes + " bytes, more than 536870912");
        assertThatThrownBy(() -> ModelDescription.read(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("more than 536870912");
    }

    @Test
    void noModelAtAll() {
        assertThatThrownBy(() -> ModelSession.load(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessage(directory + " is no model: it has no saved_model.pb");
        assertThatThrownBy(() -> ModelSession.load(directory.resolve("absent"))).isExactlyInstanceOf(ModelException.class);
    }

    /** Somebody else's SavedModel for training only. */
    @Test
    void noGraphToServe() throws IOException {
        TestModel.edited(directory, graph -> graph.getMetaInfoDefBuilder().clearTags().addTags("train"));
        assertThatThrownBy(() -> ModelSession.load(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("serve");
        assertThatThrownBy(() -> ModelDescription.read(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("serve");
    }

    private void assertRefused(String name, Damage damage) throws IOException {
        Path file = TestModel.copy(directory).resolve(name);
        byte[] bytes = damage.apply(Files.readAllBytes(file));
        if (bytes == null) {
            Files.delete(file);
        } else {
            Files.write(file, bytes);
        }
        assertThatThrownBy(() -> ModelSession.load(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining(directory.toString());
    }
}
