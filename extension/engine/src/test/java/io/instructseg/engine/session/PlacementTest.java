package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.ConfigProto;

import io.instructseg.format.Signature;

class PlacementTest {

    private static final List<Device> TWO_GPUS = devices("cpu", "gpu:0", "gpu:1");

    @ParameterizedTest
    @CsvSource({ "cpu, CPU, 0, cpu:0", "cpu:1, CPU, 1, cpu:1", "gpu, GPU, 0, gpu:0", "gpu:12, GPU, 12, gpu:12" })
    void aDeviceHasTypeAndIndex(String name, Device.Type type, int index, String canonical) {
        assertThat(Device.of(name)).isEqualTo(new Device(type, index)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "tpu", "gpu:", "gpu:-1", "gpu:x", "GPU:0", "gpu:0,gpu:1", "gpu:1234", " cpu" })
    void refusesOtherNames(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Placement.of(name))
                .withMessage("found '" + name + "', expected auto, cpu, gpu, or one of several such as gpu:1");
    }

    @Test
    void modulesHaveTheirOwnDeviceOrThatOfAll() throws ModelException {
        Map<Signature, Device> devices = Placement.of("gpu:1", Map.of("encode_vision", "cpu", "reason", "auto"))
                .resolve(TWO_GPUS);
        assertThat(devices).containsOnlyKeys(Signature.values());
        devices.forEach((module, device) -> assertThat(device).as(module.key()).hasToString(switch (module) {
            case ENCODE_VISION -> "cpu:0";
            case REASON, PREFILL, DECODE -> "gpu:0";
            default -> "gpu:1";
        }));
    }

    @Test
    void autoIsTheFirstGpuOrTheCpu() throws ModelException {
        assertThat(Placement.AUTO.resolve(TWO_GPUS).values()).containsOnly(Device.of("gpu:0"));
        assertThat(Placement.AUTO.resolve(devices("gpu:3", "cpu", "gpu:2")).values()).containsOnly(Device.of("gpu:2"));
        assertThat(Placement.AUTO.resolve(devices("cpu:1", "cpu:0")).values()).containsOnly(Device.CPU);
        assertThat(Placement.of("auto")).isEqualTo(Placement.AUTO);
    }

    @Test
    void namesTheDeviceThatIsMissingAndThoseThatAreThere() {
        assertThatThrownBy(() -> Placement.of("gpu:2").resolve(TWO_GPUS)).isExactlyInstanceOf(ModelException.class)
                .hasMessage("there is no device gpu:2, TensorFlow has cpu:0, gpu:0, gpu:1");
        assertThatThrownBy(() -> Placement.of("auto", Map.of("fuse", "gpu")).resolve(devices("cpu")))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageStartingWith("there is no device gpu:0 for module fuse, TensorFlow has cpu:0: ");
    }

    @Test
    void saysWhyThereIsNoGpu() {
        if (System.getProperty("tensorflow.gpu") == null) {
            assertThat(Devices.whyNoGpu()).isEqualTo("TensorFlow's native library is the one without CUDA "
                    + "(tensorflow-core-native:linux-x86_64-gpu has it)");
        }
        assertThat(MissingGpu.missing(List.of("libc.so.6", "libcudart.so.1234"))).singleElement().asString()
                .contains("libcudart.so.1234");
    }

    @Test
    void namesTheModuleThatIsWrong() {
        assertThatIllegalArgumentException().isThrownBy(() -> Placement.of("auto", Map.of("vision", "cpu")))
                .withMessage("module vision: no such module, expected one of encode_vision, encode_backbone, decode_pixels, "
                        + "perceive, reason, fuse, decode_masks, resolve_masks");
        assertThatIllegalArgumentException().isThrownBy(() -> Placement.of("auto", Map.of("decode", "cpu")))
                .withMessage("module decode: it has no device of its own, but runs where reason does");
        assertThatIllegalArgumentException().isThrownBy(() -> Placement.of("auto", Map.of("fuse", "npu")))
                .withMessage("module fuse: found 'npu', expected auto, cpu, gpu, or one of several such as gpu:1");
    }

    @Test
    void listsTheDevicesOfTheProcess() {
        assertThat(Devices.available(TensorFlowOptions.DEFAULT)).contains(Device.CPU).doesNotContain(Device.of("cpu:1"));
        assertThat(Devices.available(TensorFlowOptions.logicalCpus(3))).contains(Device.of("cpu:0"), Device.of("cpu:1"),
                Device.of("cpu:2")).doesNotContain(Device.of("cpu:3"));
    }

    @Test
    void optionsReachTensorFlow() {
        ConfigProto config = new TensorFlowOptions(OptionalInt.of(2), OptionalInt.of(3), OptionalDouble.of(0.5), true,
                Optional.of("0,2"), 4).config();
        assertThat(config.getInterOpParallelismThreads()).isEqualTo(2);
        assertThat(config.getIntraOpParallelismThreads()).isEqualTo(3);
        assertThat(config.getGpuOptions().getPerProcessGpuMemoryFraction()).isEqualTo(0.5);
        assertThat(config.getGpuOptions().getAllowGrowth()).isTrue();
        assertThat(config.getGpuOptions().getVisibleDeviceList()).isEqualTo("0,2");
        assertThat(config.getDeviceCountMap()).isEqualTo(Map.of("CPU", 4));
        assertThat(config.getAllowSoftPlacement()).isTrue();
    }

    @Test
    void refusesOptionsOutOfRange() {
        assertRefused(OptionalInt.of(0), OptionalDouble.empty(), "", 1, "interOpThreads is 0, expected 1 to 4096");
        assertRefused(OptionalInt.empty(), OptionalDouble.of(Double.NaN), "", 1,
                "gpuMemoryFraction is NaN, expected a number above 0 and up to 1");
        assertRefused(OptionalInt.empty(), OptionalDouble.empty(), "gpu:0", 1,
                "visibleGpus is gpu:0, expected different numbers of GPUs such as 0,2");
        assertRefused(OptionalInt.empty(), OptionalDouble.empty(), "1,1", 1,
                "visibleGpus is 1,1, expected different numbers of GPUs such as 0,2");
        assertRefused(OptionalInt.empty(), OptionalDouble.empty(), "", 0, "logicalCpus is 0, expected 1 to 64");
    }

    private static void assertRefused(OptionalInt threads, OptionalDouble fraction, String gpus, int cpus, String message) {
        Optional<String> visible = Optional.of(gpus).filter(list -> !list.isEmpty());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TensorFlowOptions(threads, OptionalInt.empty(), fraction, false, visible, cpus))
                .withMessage(message);
    }

    private static List<Device> devices(String... names) {
        return Arrays.stream(names).map(Device::of).toList();
    }
}
