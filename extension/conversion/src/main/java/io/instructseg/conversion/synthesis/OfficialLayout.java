package io.instructseg.conversion.synthesis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.tensorflow.Graph;
import org.tensorflow.exceptions.TensorFlowException;

import io.instructseg.checkpoint.DataType;
import io.instructseg.conversion.ConversionException;
import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Precision;
import io.instructseg.model.InstructSegGraph;
import io.instructseg.model.graph.Weight;
import io.instructseg.tensorflow.TensorFlowLibrary;

/**
 * All tensors of a checkpoint in the official layout: the weights that the graph declares, and those that an official
 * checkpoint has beside them.
 */
final class OfficialLayout {

    static {
        TensorFlowLibrary.prepare();
    }

    private static final String VISION = "model.vision_tower.vision_model.";
    private static final String VISION_LAYERS = VISION + "encoder.layers.";

    private final Hyperparameters sizes;
    private final Map<String, List<Long>> shapes = new LinkedHashMap<>();

    private OfficialLayout(Hyperparameters sizes) {
        this.sizes = sizes;
    }

    /** Names and shapes, in the order in which the graph uses them, then the others. */
    static Map<String, List<Long>> shapes(Hyperparameters sizes) throws ConversionException {
        OfficialLayout layout = new OfficialLayout(sizes);
        try (Graph graph = new Graph()) {
            for (Weight weight : InstructSegGraph.build(graph, sizes, Precision.FLOAT32).weights()) {
                layout.shapes.put(weight.name(), weight.checkpointShape());
            }
        } catch (TensorFlowException e) {
            throw new ConversionException("these sizes make no graph: " + e.getMessage(), e);
        }
        layout.addVisionEnd();
        layout.addOthers();
        return layout.shapes;
    }

    static SyntheticTensor tensor(String name, List<Long> shape, Precision precision, long seed) {
        if (name.endsWith(".relative_position_index")) {
            int window = Math.toIntExact(Math.round(Math.sqrt(shape.get(0))));
            return new SyntheticTensor(name, shape, DataType.INT64, new RelativePositionIndex(window));
        }
        WeightScale scale = WeightScale.of(name, shape);
        return new SyntheticTensor(name, shape, DataType.valueOf(precision.name()),
                new RandomElements(precision, seed, name, scale.centre(), scale.deviation()));
    }

    /** SigLIP's last layer, which nobody reads since the one before is selected, and its pooling head. */
    private void addVisionEnd() {
        Hyperparameters.VisionEncoder vision = sizes.visionEncoder();
        for (String name : List.copyOf(shapes.keySet())) {
            if (name.startsWith(VISION_LAYERS + "0.")) {
                add(VISION_LAYERS + vision.layers() + name.substring(VISION_LAYERS.length() + 1), shapes.get(name));
            }
        }
        long width = vision.hiddenSize();
        long hidden = vision.intermediateSize();
        addNorm(VISION + "post_layernorm", width);
        add(VISION + "head.probe", List.of(1L, 1L, width));
        add(VISION + "head.attention.in_proj_weight", List.of(3 * width, width));
        add(VISION + "head.attention.in_proj_bias", List.of(3 * width));
        addLinear(VISION + "head.attention.out_proj", width, width);
        addNorm(VISION + "head.layernorm", width);
        addLinear(VISION + "head.mlp.fc1", hidden, width);
        addLinear(VISION + "head.mlp.fc2", width, hidden);
    }

    private void addOthers() {
        Hyperparameters.MaskDecoder masks = sizes.maskDecoder();
        long positions = (long) sizes.backbone().windowSize() * sizes.backbone().windowSize();
        for (int stage = 0; stage < 4; stage++) {
            for (int block = 0; block < sizes.backbone().depths().get(stage); block++) {
                add("model.vision_tower_mask.layers." + stage + ".blocks." + block + ".attn.relative_position_index",
                        List.of(positions, positions));
            }
        }
        add("predictor.query_feat.weight", List.of((long) masks.queries(), (long) masks.hiddenSize()));
        add("predictor.SEG_query_embed.weight", List.of(masks.queries() + 1L, (long) masks.hiddenSize()));
    }

    private void addNorm(String name, long width) {
        add(name + ".weight", List.of(width));
        add(name + ".bias", List.of(width));
    }

    private void addLinear(String name, long out, long in) {
        add(name + ".weight", List.of(out, in));
        add(name + ".bias", List.of(out));
    }

    private void add(String name, List<Long> shape) {
        shapes.putIfAbsent(name, new ArrayList<>(shape));
    }
}
