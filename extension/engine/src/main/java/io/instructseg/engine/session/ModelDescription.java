package io.instructseg.engine.session;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.MetaGraphDefOrBuilder;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

import com.google.protobuf.InvalidProtocolBufferException;

import io.instructseg.format.Signature;

/**
 * What {@code saved_model.pb} says of a model, without loading it.
 *
 * @param sizes of the model-wide axes of {@link Signature}, as far as the signatures state them
 * @param variables the weights, which are in other files
 * @param signatures those that the model has
 * @param tokenBytes keys and values of a token, of all layers; 0 without words, or if a size is not stated
 */
public record ModelDescription(Map<String, Long> sizes, List<Variable> variables, Set<Signature> signatures,
        long tokenBytes) {

    private static final long MAX_BYTES = 512L << 20;

    /** The scope of the variables in models that we convert. */
    private static final String SCOPE = "variables/";

    /**
     * A resource variable.
     *
     * @param name in models that we convert, the weight's name in the checkpoint
     * @param type such as FLOAT32
     */
    public record Variable(String name, String type, long elements, long bytes) {
    }

    /**
     * Reads a model's description.
     *
     * @throws ModelException if there is none, it is damaged, or its signatures are not InstructSeg's
     */
    public static ModelDescription read(Path directory) throws IOException {
        MetaGraphDef graph = graph(directory);
        List<Variable> variables = new ArrayList<>();
        for (NodeDef node : graph.getGraphDef().getNodeList()) {
            if (node.getOp().equals("VarHandleOp")) {
                variables.add(variable(node));
            }
        }
        Map<String, Long> sizes = SignatureCheck.check(graph.getSignatureDefMap());
        return new ModelDescription(sizes, List.copyOf(variables), SignatureCheck.offered(graph.getSignatureDefMap()),
                tokenBytes(graph, sizes));
    }

    static long tokenBytes(MetaGraphDefOrBuilder graph, Map<String, Long> sizes) {
        DataType type = graph.getSignatureDefOrDefault(Signature.DECODE.key(), SignatureDef.getDefaultInstance())
                .getInputsOrDefault("prefix_keys", TensorInfo.getDefaultInstance()).getDtype();
        long bytes = 2L * width(type);
        for (String axis : List.of("N", "A", "E")) {
            bytes *= sizes.getOrDefault(axis, 0L);
        }
        return bytes;
    }

    /** The graph to serve, with its signatures as yet unchecked. */
    static MetaGraphDef graph(Path directory) throws IOException {
        Path file = directory.resolve("saved_model.pb");
        if (!Files.isRegularFile(file)) {
            throw new ModelException(directory + " is no model: it has no saved_model.pb");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new ModelException(file + " has " + Files.size(file) + " bytes, more than " + MAX_BYTES);
        }
        return parse(file);
    }

    private static MetaGraphDef parse(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return SavedModel.parseFrom(in).getMetaGraphsList().stream()
                    .filter(graph -> graph.getMetaInfoDef().getTagsList().contains("serve")).findFirst()
                    .orElseThrow(() -> new ModelException(file + " has no graph with the tag serve"));
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    /** Bytes of a {@code VarHandleOp}'s variable, of whatever type and whoever's; 0 if its shape does not tell. */
    static long bytes(NodeDef node) {
        AttrValue none = AttrValue.getDefaultInstance();
        long bytes = width(node.getAttrOrDefault("dtype", none).getType());
        for (TensorShapeProto.Dim dim : node.getAttrOrDefault("shape", none).getShape().getDimList()) {
            long high = Math.multiplyHigh(bytes, dim.getSize());
            bytes = dim.getSize() < 0 || high != 0 ? 0 : Math.max(0, bytes * dim.getSize());
        }
        return bytes;
    }

    private static int width(DataType type) {
        return switch (type) {
            case DT_BOOL, DT_INT8, DT_UINT8 -> 1;
            case DT_BFLOAT16, DT_HALF, DT_INT16, DT_UINT16 -> 2;
            case DT_INT64, DT_UINT64, DT_DOUBLE -> 8;
            default -> 4;
        };
    }

    private static Variable variable(NodeDef node) throws ModelException {
        String name = node.getName().startsWith(SCOPE) ? node.getName().substring(SCOPE.length()) : node.getName();
        AttrValue none = AttrValue.getDefaultInstance();
        DataType type = node.getAttrOrDefault("dtype", none).getType();
        try {
            long elements = 1;
            for (TensorShapeProto.Dim dim : node.getAttrOrDefault("shape", none).getShape().getDimList()) {
                elements = Math.multiplyExact(elements, dim.getSize());
            }
            return switch (type) {
                case DT_FLOAT -> new Variable(name, "FLOAT32", elements, Math.multiplyExact(elements, 4L));
                case DT_BFLOAT16 -> new Variable(name, "BFLOAT16", elements, Math.multiplyExact(elements, 2L));
                case DT_HALF -> new Variable(name, "FLOAT16", elements, Math.multiplyExact(elements, 2L));
                default -> throw new ModelException(
                        "variable " + name + " is " + type + ", expected DT_FLOAT, DT_BFLOAT16 or DT_HALF");
            };
        } catch (ArithmeticException e) {
            throw new ModelException("variable " + name + " has an impossible shape", e);
        }
    }
}
