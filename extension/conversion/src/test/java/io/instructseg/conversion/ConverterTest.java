package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.EagerSession;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.conversion.synthesis.ModelSizes;
import io.instructseg.conversion.synthesis.SparseCheckpoint;
import io.instructseg.format.ModelManifest;
import io.instructseg.format.Precision;
import io.instructseg.format.Signature;
import io.instructseg.model.InstructSegGraph;
import io.instructseg.model.graph.Weight;

/** Conversions of golden model B. */
class ConverterTest {

    private static final Path MODEL_B = Checkpoints.GOLDEN.resolve("model-b");
    private static final ConversionListener QUIET = (step, done, total) -> {
    };

    @TempDir
    static Path models;
    @TempDir
    Path directory;

    @BeforeAll
    static void convert() throws IOException {
        convert(MODEL_B, models.resolve("FLOAT32"), Precision.FLOAT32);
        convert(MODEL_B, models.resolve("BFLOAT16"), Precision.BFLOAT16);
    }

    /** TensorFlow's own reader, the checkpoint's elements, and the layouts by TensorFlow's transposition. */
    @ParameterizedTest
    @EnumSource(names = { "FLOAT32", "BFLOAT16" })
    void variablesAreTheCheckpointsTensors(Precision precision) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(MODEL_B); EagerSession eager = EagerSession.create()) {
            Ops tf = Ops.create(eager);
            List<Weight> weights = weights(precision);
            assertThat(weights).hasSize(553);
            for (Weight weight : weights) {
                byte[] found = restored(tf, models.resolve(precision.name()), weight);
                byte[] expected = expected(tf, checkpoint, weight);
                if (!Arrays.equals(found, expected)) {
                    throw new AssertionError(weight + " differs from the checkpoint's");
                }
            }
        }
    }

    /** Each node of a graph takes time whenever it is loaded. */
    @Test
    void equalConstantsOfAModuleAreOne() throws IOException {
        GraphDef graph = SavedModel.parseFrom(Files.readAllBytes(models.resolve("FLOAT32/saved_model.pb"))).getMetaGraphs(0)
                .getGraphDef();
        assertThat(SharedConstants.share(graph)).isEqualTo(graph);
    }

    private static byte[] restored(Ops tf, Path model, Weight weight) {
        Output<?> value = tf.train.restore(tf.constant(model.resolve("variables/variables").toString()),
                tf.array(weight.name()), tf.array(""), List.of(type(weight))).tensors().get(0);
        assertThat(value.shape().asArray())
                .containsExactly(weight.shape().stream().mapToLong(Long::longValue).toArray());
        return bytes(value.asTensor());
    }

    /** TensorFlow's cast rounds to nearest even, too. */
    private static byte[] expected(Ops tf, Checkpoint checkpoint, Weight weight) throws IOException {
        FloatBuffer elements = FloatBuffer.allocate((int) checkpoint.tensors().get(weight.name()).elements());
        checkpoint.readFloat32(weight.name(), elements::put);
        int[] shape = weight.checkpointShape().stream().mapToInt(Long::intValue).toArray();
        Output<TFloat32> value = tf.reshape(tf.constant(elements.array()), tf.constant(shape)).asOutput();
        int[] axes = switch (weight.layout()) {
            case SAME -> IntStream.range(0, shape.length).toArray();
            case LINEAR -> new int[] { 1, 0 };
            case POINTWISE, CONVOLUTION -> new int[] { 2, 3, 1, 0 };
        };
        return bytes(tf.dtypes.cast(tf.linalg.transpose(value, tf.constant(axes)), type(weight)).asTensor());
    }

    private static Class<? extends TType> type(Weight weight) {
        return weight.precision() == Precision.FLOAT32 ? TFloat32.class : TBfloat16.class;
    }

    private static byte[] bytes(Tensor tensor) {
        byte[] bytes = new byte[(int) tensor.numBytes()];
        tensor.asRawTensor().data().read(bytes);
        return bytes;
    }

    private static List<Weight> weights(Precision precision) throws IOException {
        try (Graph graph = new Graph()) {
            return List.copyOf(InstructSegGraph.build(graph,
                    HyperparameterReader.read(MODEL_B, Checkpoints.shapes(MODEL_B)), precision).weights());
        }
    }

    @Test
    void theDirectoryIsTheWholeModel() throws IOException {
        assertThat(files(models.resolve("FLOAT32")).keySet()).containsExactly("model.json", "saved_model.pb",
                "tokenizer/added_tokens.json", "tokenizer/merges.txt", "tokenizer/special_tokens_map.json",
                "tokenizer/tokenizer.json", "tokenizer/tokenizer_config.json", "tokenizer/vocab.json",
                "variables/variables.data-00000-of-00001", "variables/variables.index");
        SavedModel model = SavedModel.parseFrom(Files.readAllBytes(models.resolve("FLOAT32/saved_model.pb")));
        assertThat(model.getMetaGraphs(0).getMetaInfoDef().getTagsList()).containsExactly("serve");
        assertThat(model.getMetaGraphs(0).getSignatureDefMap().keySet())
                .containsExactlyInAnyOrderElementsOf(Stream.of(Signature.values()).map(Signature::key).toList());
    }

    @Test
    void theManifestNamesSizesAndSources() throws Exception {
        JsonNode manifest = new ObjectMapper().readTree(models.resolve("BFLOAT16/model.json").toFile());
        assertThat(manifest.get("precision").asText()).isEqualTo("BFLOAT16");
        assertThat(manifest.at("/hyperparameters/maskDecoder/queries").asInt()).isEqualTo(10);
        List<Weight> weights = weights(Precision.BFLOAT16);
        assertThat(manifest.at("/parameters/weights").asInt()).isEqualTo(weights.size());
        assertThat(manifest.at("/parameters/bytes").asLong())
                .isEqualTo(weights.stream().mapToLong(weight -> weight.shape().stream().reduce(1L, (a, b) -> a * b)
                        * (weight.precision() == Precision.FLOAT32 ? 4 : 2)).sum());
        assertThat(manifest.at("/source/name").asText()).isEqualTo("model-b");
        Map<String, String> hashes = new TreeMap<>();
        manifest.at("/source/files").forEach(file -> hashes.put(file.get("name").asText(), file.get("sha256").asText()));
        Map<String, String> expected = new TreeMap<>(files(MODEL_B));
        expected.keySet().removeIf(name -> name.contains("/") || name.equals("generation_config.json"));
        assertThat(expected).hasSize(14);
        assertThat(hashes).isEqualTo(expected);
    }

    @Test
    void convertsToTheSameBytesAgain() throws IOException {
        Path again = directory.resolve("again");
        ModelManifest manifest = convert(MODEL_B, again, Precision.FLOAT32).manifest();
        assertThat(files(again)).isEqualTo(files(models.resolve("FLOAT32")));
        assertThat(ModelManifest.read(again)).isEqualTo(manifest);
    }

    @ParameterizedTest
    @ValueSource(strings = { "converting weights", "hashing the checkpoint" })
    void leavesNothingWhenTheListenerFails(String failing) throws IOException {
        Path target = directory.resolve("a/model");
        List<Long> calls = new ArrayList<>();
        assertThatThrownBy(() -> Converter.convert(MODEL_B, target, new ConversionOptions(Precision.FLOAT32, List.of()),
                (step, done, total) -> {
                    calls.add(done);
                    if (step.equals(failing) && done > total / 2) {
                        throw new IllegalStateException("the listener fails");
                    }
                })).isInstanceOf(IllegalStateException.class).hasMessage("the listener fails");
        assertThat(calls).hasSizeGreaterThan(10);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void tellsItsProgress() throws IOException {
        Map<String, List<Long>> steps = new TreeMap<>();
        Converter.convert(MODEL_B, directory.resolve("model"), new ConversionOptions(Precision.FLOAT16, List.of()),
                (step, done, total) -> {
                    assertThat(done).isBetween(0L, total);
                    steps.computeIfAbsent(step, name -> new ArrayList<>()).add(done);
                });
        assertThat(steps.keySet()).containsExactly("converting weights", "hashing the checkpoint");
        assertThat(steps.values()).allSatisfy(done -> assertThat(done).isSorted());
    }

    @Test
    void namesAllWeightsThatAreNotFiniteAndLeavesNothing() throws IOException {
        Path checkpoint = Checkpoints.copy(MODEL_B, directory.resolve("checkpoint"));
        SafetensorsPatch.set(checkpoint, "seg_query", 3, Float.NaN);
        SafetensorsPatch.set(checkpoint, "seg_query", 4, Float.NEGATIVE_INFINITY);
        SafetensorsPatch.set(checkpoint, "model.layers.0.mlp.fc1.weight", 0, 70000);
        Path target = directory.resolve("model");
        assertThatThrownBy(() -> convert(checkpoint, target, Precision.FLOAT16))
                .isExactlyInstanceOf(ConversionException.class)
                .hasMessageContaining("2 weights don't fit the model")
                .hasMessageContaining("not finite: seg_query, 2 elements")
                .hasMessageContaining("not finite: model.layers.0.mlp.fc1.weight, 1 elements as FLOAT16, expected none");
        assertThatThrownBy(() -> convert(checkpoint, target, Precision.FLOAT32))
                .isExactlyInstanceOf(ConversionException.class).hasMessageContaining("1 weights don't fit the model")
                .hasMessageContaining("not finite: seg_query, 2 elements as FLOAT32");
        assertThat(directory).isDirectoryNotContaining("glob:**model*");
    }

    @Test
    void ignoredWeightsPassAndOthersDoNot() throws IOException {
        Path checkpoint = Checkpoints.copy(MODEL_B, directory.resolve("checkpoint"));
        Path config = checkpoint.resolve("instructseg.json");
        // a stage with one block less leaves the last block's weights over
        Files.writeString(config, Files.readString(config).replaceFirst("6,\\s*2\\s*\\]", "5, 2]"));
        assertThatThrownBy(() -> convert(checkpoint, directory.resolve("model"), Precision.FLOAT32))
                .isExactlyInstanceOf(ConversionException.class)
                .hasMessageContaining("unused: model.vision_tower_mask.layers.2.blocks.5.attn.proj.bias [48] in model-0")
                .hasMessageContaining("--ignore");
        Converter.convert(checkpoint, directory.resolve("model"), new ConversionOptions(Precision.FLOAT32,
                List.of(Pattern.compile("model\\.vision_tower_mask\\.layers\\.2\\.blocks\\.5\\..*"))), QUIET);
        assertThat(directory.resolve("model/saved_model.pb")).exists();
    }

    @Test
    void needsATokenizer() throws IOException {
        Path checkpoint = Checkpoints.copy(MODEL_B, directory.resolve("checkpoint"));
        Files.delete(checkpoint.resolve("tokenizer.json"));
        Files.delete(checkpoint.resolve("merges.txt"));
        assertThatThrownBy(() -> convert(checkpoint, directory.resolve("model"), Precision.FLOAT32))
                .isExactlyInstanceOf(ConversionException.class)
                .hasMessage(checkpoint + " has no tokenizer: expected tokenizer.json, or vocab.json and merges.txt");
        assertThatThrownBy(() -> convert(directory.resolve("absent"), directory.resolve("model"), Precision.FLOAT32))
                .isInstanceOf(IOException.class);
        assertThat(directory).isDirectoryNotContaining("glob:**model*");
    }

    /** Each size is legal and none has weights: what is refused must not take long before. */
    @ParameterizedTest
    @ValueSource(strings = {
            "\"swin\": {\"depths\": [128, 128, 128, 128], \"window_size\": 64}, \"image_size\": 4096",
            "\"pixel_decoder\": {\"conv_dim\": 8192, \"heads\": 64, \"points\": 64}, \"mask_decoder\": {\"hidden_dim\": 8192, "
                    + "\"heads\": 2048, \"mask_dim\": 65536}, \"ovp\": {\"heads\": 1024, \"dim_head\": 4096}, \"image_size\": 4096" })
    void refusesEnormousModelsSoon(String fields) throws IOException {
        Path checkpoint = Checkpoints.copy(MODEL_B, directory.resolve("checkpoint"));
        Files.writeString(checkpoint.resolve("instructseg.json"), "{" + fields + "}");
        Path config = checkpoint.resolve("config.json");
        Files.writeString(config,
                Files.readString(config).replaceFirst("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 128"));
        assertTimeout(Duration.ofSeconds(60),
                () -> assertThatThrownBy(() -> convert(checkpoint, directory.resolve("model"), Precision.FLOAT32))
                        .isExactlyInstanceOf(ConversionException.class).hasMessageContaining("weights don't fit the model"));
        assertThat(directory.resolve("model")).doesNotExist();
    }

    /** In half precision and a file that is a hole; the model would have 13 TB. */
    @Test
    void aDiskWithTooLittleSpaceIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path sizes = Files.writeString(directory.resolve("sizes.json"),
                "{\"languageModel\":{\"hiddenSize\":65536,\"intermediateSize\":65536,\"layers\":128}}");
        Path checkpoint = Files.createDirectory(directory.resolve("checkpoint"));
        SparseCheckpoint.write(ModelSizes.read(sizes), checkpoint);
        assertThatThrownBy(() -> convert(checkpoint, directory.resolve("models/model"), Precision.FLOAT32))
                .isExactlyInstanceOf(ConversionException.class)
                .hasMessageMatching(".*models/model needs 13\\d{3}\\.\\d GB of disk, \\d+\\.\\d GB are free there");
        assertThat(directory.resolve("models")).doesNotExist();
    }

    private static Conversion convert(Path source, Path target, Precision precision) throws IOException {
        return Converter.convert(source, target, new ConversionOptions(precision, List.of()), QUIET);
    }

    /** SHA-256 of all files by their relative names. */
    private static Map<String, String> files(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(Files::isRegularFile).collect(Collectors.toMap(
                    file -> directory.relativize(file).toString().replace('\\', '/'), ConverterTest::sha256, (a, b) -> a,
                    TreeMap::new));
        }
    }

    private static String sha256(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
