package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;

import io.instructseg.conversion.ConversionOptions;
import io.instructseg.conversion.Converter;
import io.instructseg.conversion.synthesis.Synthesizer;
import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Conversation;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.TextGeneration;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.format.Hyperparameters;
import io.instructseg.format.ModelManifest;
import io.instructseg.format.Precision;
import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;
import io.instructseg.tensorflow.Processor;

class Bfloat16ProductsTest {

    private static final AttrValue BFLOAT16 = AttrValue.newBuilder().setType(DataType.DT_BFLOAT16).build();
    private static final AttrValue FLOAT = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
    private static final DecodedImage PICTURE = picture();
    private static final int TOKENS = 4;
    /** That of the stages against the official code's, in float32. */
    private static final double TOLERANCE = 1e-4;

    @TempDir
    Path directory;

    @Test
    void onlyWeightsAndCachesAreLeftInBfloat16() throws IOException {
        List<NodeDef> widened = widened().getGraphDef().getNodeList();
        Set<String> weights = new TreeSet<>();
        Set<String> caches = new TreeSet<>();
        for (NodeDef node : widened) {
            if (node.getAttrMap().containsValue(BFLOAT16)) {
                boolean cache = node.getName().matches("(prefill|decode)/(key_value_cache/.*|(past_|prefix_)?(keys|values))");
                (cache ? caches : weights).add(node.getOp());
            }
        }
        assertThat(weights).containsExactly("AssignVariableOp", "Cast", "ReadVariableOp", "ResourceGather", "VarHandleOp");
        assertThat(caches).containsExactly("Cast", "ConcatV2", "Empty", "ExpandDims", "Identity", "InplaceUpdate",
                "Placeholder", "Shape", "Unpack");
        Set<String> products = model().getGraphDef().getNodeList().stream().filter(node -> node.getOp().equals("MatMul"))
                .map(NodeDef::getName).collect(Collectors.toSet());
        assertThat(widened).filteredOn(node -> products.contains(node.getName())).hasSize(products.size())
                .allMatch(node -> node.getAttrOrThrow("T").equals(FLOAT));
    }

    /** Else the whole model would be in memory in float32 when a stage begins. */
    @Test
    void weightsAreCastWhenTheirFactorIsThere() throws IOException {
        Set<String> names = model().getGraphDef().getNodeList().stream().map(NodeDef::getName).collect(Collectors.toSet());
        List<NodeDef> widened = widened().getGraphDef().getNodeList();
        Map<String, NodeDef> users = widened.stream().filter(node -> node.getOp().equals("MatMul"))
                .collect(Collectors.toMap(node -> node.getInput(1), node -> node, (first, second) -> first));
        List<NodeDef> casts = widened.stream()
                .filter(node -> !names.contains(node.getName()) && users.containsKey(node.getName())).toList();
        assertThat(casts).hasSizeGreaterThan(100).allSatisfy(cast -> assertThat(cast.getInputList()).containsExactly(
                cast.getInput(0), "^" + TensorNames.node(users.get(cast.getName()).getInput(0))));
    }

    @Test
    void whatIsOnGpusOrHoldsBfloat16ItselfStays() throws IOException {
        MetaGraphDef.Builder placed = model().toBuilder();
        placed.getGraphDefBuilder().getNodeBuilderList().forEach(node -> node.setDevice("/device:GPU:0"));
        assertStays(placed.build());
        MetaGraphDef.Builder foreign = model().toBuilder();
        foreign.getGraphDefBuilder()
                .addNode(NodeDef.newBuilder().setOp("Placeholder").setName("half").putAttr("dtype", BFLOAT16));
        assertStays(foreign.build());
        for (String stage : List.of("prefill", "decode")) {
            MetaGraphDef.Builder stored = model().toBuilder();
            ForeignModel.rename(stored, stage + "/" + Signature.CACHE_SCOPE + "/", stage + "/theirs/");
            assertStays(stored.build());
        }
        assertStays(ModelDescription.graph(TestModel.directory()));
    }

    private static void assertStays(MetaGraphDef model) {
        MetaGraphDef.Builder widened = model.toBuilder();
        Bfloat16Products.widen(widened);
        assertThat(widened.build()).isEqualTo(model);
    }

    @Test
    void theirPrecisionIsTheModelsUnlessTheProcessorLacksIt() {
        Processor old = new Processor("", Set.of("sse2", "avx2"));
        assertThat(Bfloat16Products.precision(Precision.BFLOAT16, old)).isEqualTo(Precision.FLOAT32);
        assertThat(Bfloat16Products.precision(Precision.FLOAT16, old)).isEqualTo(Precision.FLOAT16);
        assertThat(Bfloat16Products.precision(Precision.BFLOAT16, new Processor("", Set.of("sse2", "avx512_bf16"))))
                .isEqualTo(Precision.BFLOAT16);
    }

    /** Of weights that bfloat16 holds exactly, a model in float32 and one in bfloat16 compute the same. */
    @Test
    void theAnswersAreThoseOfFloat32() throws IOException {
        Path checkpoint = directory.resolve("checkpoint");
        Hyperparameters sizes = ModelManifest.read(TestModel.directory()).hyperparameters();
        Synthesizer.synthesize(sizes, Precision.BFLOAT16, 0, checkpoint, (step, done, total) -> {
        });
        Path widened = convert(checkpoint, Precision.BFLOAT16);
        TestModel.edit(widened, Bfloat16Products::widen);
        try (SegmentationModel expected = SegmentationModel.load(convert(checkpoint, Precision.FLOAT32));
                SegmentationModel actual = SegmentationModel.load(widened)) {
            for (Signature stage : List.of(Signature.ENCODE_VISION, Signature.ENCODE_BACKBONE)) {
                Map<String, HostTensor> exact = encode(expected, stage);
                encode(actual, stage).forEach((name, tensor) -> assertThat(error(tensor.floats(), exact.get(name).floats()))
                        .as(name).isLessThan(TOLERANCE));
            }
            assertThat(words(actual)).hasSize(TOKENS).isEqualTo(words(expected));
        }
    }

    private Path convert(Path checkpoint, Precision precision) throws IOException {
        Path model = directory.resolve(precision.name());
        Converter.convert(checkpoint, model, new ConversionOptions(precision, List.of()), (step, done, total) -> {
        });
        return model;
    }

    private static MetaGraphDef model() throws IOException {
        return ModelDescription.graph(TestModel.directory("model-b", Precision.BFLOAT16));
    }

    private static MetaGraphDef widened() throws IOException {
        MetaGraphDef.Builder model = model().toBuilder();
        Bfloat16Products.widen(model);
        return model.build();
    }

    private static Map<String, HostTensor> encode(SegmentationModel model, Signature stage) {
        int size = model.session().size(stage == Signature.ENCODE_VISION ? "CLIP" : "S");
        byte[] pixels = new byte[size * size * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * i / 97);
        }
        return model.session().run(stage, Map.of("pixels", HostTensor.bytes(pixels, 1, size, size, 3)),
                stage.outputs().stream().map(TensorSpec::name).toList());
    }

    /** The largest one, over the RMS of what is expected. */
    private static double error(float[] actual, float[] expected) {
        double largest = 0;
        double squares = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
            squares += expected[i] * expected[i];
        }
        return largest / Math.sqrt(squares / expected.length);
    }

    private static int[] words(SegmentationModel model) throws IOException {
        try (TextGeneration words = model.answer(Optional.of(PICTURE), Conversation.of("What is red?"),
                GenerationOptions.DEFAULT.withMaxTokens(TOKENS), CancellationToken.NONE)) {
            while (words.next().isPresent()) {
                // the ids are compared
            }
            return words.ids();
        }
    }

    private static DecodedImage picture() {
        byte[] pixels = new byte[90 * 60 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * i / 97);
        }
        return new DecodedImage(new RgbImage(90, 60, pixels), false);
    }
}
