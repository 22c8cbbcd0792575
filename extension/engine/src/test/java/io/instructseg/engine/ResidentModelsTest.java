package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.Device;
import io.instructseg.engine.session.LoadListener;
import io.instructseg.engine.session.LoadOptions;
import io.instructseg.engine.session.ModelException;
import io.instructseg.engine.session.Placement;
import io.instructseg.engine.session.StageException;
import io.instructseg.engine.session.TensorFlowOptions;
import io.instructseg.engine.session.TestModel;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResidentModelsTest {

    @TempDir
    Path temp;
    private Path one;
    private Path other;

    @BeforeEach
    void copyModels() throws IOException {
        one = TestModel.copy(temp.resolve("one"));
        other = TestModel.copy(temp.resolve("other"));
    }

    /** Replicas on several devices are several models. */
    @Test
    void aModelElsewhereIsAnotherModel() throws IOException {
        TensorFlowOptions options = TensorFlowOptions.logicalCpus(2);
        SegmentationModel here = ResidentModels.acquire(one, LoadOptions.of(Placement.of("cpu:0"), options), LoadListener.NONE);
        SegmentationModel there = ResidentModels.acquire(one, LoadOptions.of(Placement.of("cpu:1"), options),
                LoadListener.NONE);
        assertThat(there).isNotSameAs(here);
        assertThat(there.session().devices().values()).containsOnly(Device.of("cpu:1"));
        assertThat(ResidentModels.acquire(one, LoadOptions.of(Placement.of("cpu:1"), options), LoadListener.NONE))
                .isSameAs(there);
        assertThat(ResidentModels.has(one, LoadOptions.of(Placement.of("cpu"), options))).isTrue();
        assertThat(ResidentModels.has(one)).isFalse();
        ResidentModels.release(there);
        ResidentModels.release(there);
        ResidentModels.release(here);
    }

    @Test
    void aModelIsSharedAndOutlivesItsUsers() throws IOException {
        SegmentationModel model = ResidentModels.acquire(one);
        assertThat(ResidentModels.has(one)).isTrue();
        assertThat(ResidentModels.has(other)).isFalse();
        assertThat(ResidentModels.acquire(temp.resolve("other/../one"))).isSameAs(model);
        ResidentModels.release(model);
        assertThat(ResidentModels.acquire(one)).isSameAs(model);
        ResidentModels.release(model);
        ResidentModels.release(model);
        assertOpen(model);
        assertThat(ResidentModels.acquire(one)).isSameAs(model);
        ResidentModels.release(model);
    }

    @Test
    void anUnusedModelMakesRoomForAnother() throws IOException {
        SegmentationModel first = ResidentModels.acquire(one);
        SegmentationModel second = ResidentModels.acquire(other);
        assertThat(second).isNotSameAs(first);
        assertOpen(first);
        ResidentModels.release(first);
        // both are here: nothing has to make room
        assertThat(ResidentModels.acquire(other)).isSameAs(second);
        assertOpen(first);
        Path third = TestModel.copy(temp.resolve("third"));
        ResidentModels.release(ResidentModels.acquire(third));
        assertClosed(first);
        assertOpen(second);
        ResidentModels.release(second);
        ResidentModels.release(second);
    }

    @Test
    void changedFilesAreAnotherModel() throws IOException {
        SegmentationModel before = ResidentModels.acquire(one);
        Path weights = one.resolve("variables/variables.index");
        Files.setLastModifiedTime(weights, FileTime.fromMillis(Files.getLastModifiedTime(weights).toMillis() + 1));
        SegmentationModel touched = ResidentModels.acquire(one);
        assertThat(touched).isNotSameAs(before);
        assertOpen(before);
        ResidentModels.release(before);
        ResidentModels.release(touched);
        Files.writeString(one.resolve("new.txt"), "new");
        SegmentationModel added = ResidentModels.acquire(one);
        assertClosed(before);
        assertClosed(touched);
        assertOpen(added);
        ResidentModels.release(added);
    }

    @Test
    void aFailedLoadLeavesNothingBehind() throws IOException {
        Path weights = one.resolve("variables/variables.index");
        byte[] index = Files.readAllBytes(weights);
        byte[] damaged = index.clone();
        damaged[damaged.length / 3] ^= 0x55;
        replace(weights, damaged);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> ResidentModels.acquire(one)).isExactlyInstanceOf(ModelException.class)
                    .hasMessageContaining(one.toRealPath().toString());
        }
        replace(weights, index);
        SegmentationModel model = ResidentModels.acquire(one);
        assertOpen(model);
        ResidentModels.release(model);
        assertThatThrownBy(() -> ResidentModels.acquire(temp)).isExactlyInstanceOf(ModelException.class)
                .hasMessage(temp + " is no model: it has no saved_model.pb");
    }

    /** By bytes that nothing tells from the ones before, unless they are read. */
    private static void replace(Path file, byte[] bytes) throws IOException {
        FileTime modified = Files.getLastModifiedTime(file);
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, modified);
    }

    @Test
    void threadsThatMeetLoadOnce() throws Exception {
        for (SegmentationModel model : together(8, () -> ResidentModels.acquire(one))) {
            assertThat(model).isSameAs(ResidentModels.acquire(one));
            ResidentModels.release(model);
            ResidentModels.release(model);
        }
        Files.delete(other.resolve("variables/variables.index"));
        assertThatThrownBy(() -> together(4, () -> ResidentModels.acquire(other))).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ModelException.class);
    }

    /** The calls begin as one; each is waited for. */
    private static List<SegmentationModel> together(int threads, Callable<SegmentationModel> call) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<SegmentationModel>> calls = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                calls.add(executor.submit(() -> {
                    barrier.await();
                    return call.call();
                }));
            }
            List<SegmentationModel> models = new ArrayList<>();
            for (Future<SegmentationModel> each : calls) {
                models.add(each.get(60, TimeUnit.SECONDS));
            }
            return models;
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void whatIsNotInUseCannotBeGivenBack() throws IOException {
        SegmentationModel model = ResidentModels.acquire(one);
        ResidentModels.release(model);
        assertThatIllegalArgumentException().isThrownBy(() -> ResidentModels.release(model))
                .withMessageContaining("not in use");
        try (SegmentationModel own = SegmentationModel.load(one)) {
            assertThatIllegalArgumentException().isThrownBy(() -> ResidentModels.release(own));
        }
    }

    private static void assertOpen(SegmentationModel model) {
        assertThatCode(() -> use(model)).doesNotThrowAnyException();
    }

    private static void assertClosed(SegmentationModel model) {
        assertThatThrownBy(() -> use(model)).isInstanceOf(StageException.class).hasMessageContaining("close() has been called");
    }

    private static void use(SegmentationModel model) throws IOException {
        model.segment(new DecodedImage(new RgbImage(1, 1, new byte[3]), false), List.of(Instruction.referring("a cup")),
                SegmentationOptions.DEFAULT, CancellationToken.NONE);
    }
}
