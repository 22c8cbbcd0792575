package io.instructseg.engine.session;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

import io.instructseg.format.ElementType;
import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;

/** Compares the signatures of a SavedModel with the contract, and learns the model's sizes from them. */
final class SignatureCheck {

    /** Of a picture or the perceiver, and their width: as many as the hyperparameters of a model may say. */
    private static final int MOST_TOKENS = 1 << 15;

    private final Map<String, SignatureDef> definitions;
    private final Map<String, Long> sizes = new HashMap<>();
    /** That of the first tensor that is in the model's precision, or which types it can have. */
    private Set<DataType> precision = EnumSet.of(DataType.DT_FLOAT, DataType.DT_BFLOAT16, DataType.DT_HALF);
    private final List<String> problems = new ArrayList<>();

    private SignatureCheck(Map<String, SignatureDef> definitions) {
        this.definitions = definitions;
    }

    /**
     * @return the sizes of the model-wide axes, as far as the model states them
     * @throws ModelException naming everything that is missing or different; a model may lack all signatures that are not
     *         required, but not some
     */
    static Map<String, Long> check(Map<String, SignatureDef> definitions) throws ModelException {
        SignatureCheck check = new SignatureCheck(definitions);
        Set<Signature> offered = offered(definitions);
        Set<Signature> expected = Signature.required().containsAll(offered) ? Signature.required()
                : EnumSet.allOf(Signature.class);
        expected.forEach(check::check);
        // pictures are resized to them
        check.requireSize("CLIP", Hyperparameters.MAX_IMAGE_SIZE);
        check.requireSize("S", Hyperparameters.MAX_IMAGE_SIZE);
        // so many masks a request may have
        check.requireSize("Q", Integer.MAX_VALUE);
        if (expected.contains(Signature.PREFILL)) {
            // a prompt without picture or perceiver is given zeros of these sizes
            check.requireSize("P", MOST_TOKENS);
            check.requireSize("L", MOST_TOKENS);
            check.requireSize("D", MOST_TOKENS);
        }
        if (!check.problems.isEmpty()) {
            throw new ModelException("the SavedModel's signatures are not InstructSeg's:\n  "
                    + String.join("\n  ", check.problems));
        }
        return Map.copyOf(check.sizes);
    }

    /** The signatures that a model has. */
    static Set<Signature> offered(Map<String, SignatureDef> definitions) {
        Set<Signature> offered = EnumSet.allOf(Signature.class);
        offered.removeIf(signature -> !definitions.containsKey(signature.key()));
        return offered;
    }

    private void check(Signature signature) {
        SignatureDef definition = definitions.get(signature.key());
        if (definition == null) {
            problems.add("no signature " + signature.key() + ", found " + definitions.keySet());
            return;
        }
        signature.inputs().forEach(spec -> check(signature, spec, "input", definition.getInputsMap()));
        signature.outputs().forEach(spec -> check(signature, spec, "output", definition.getOutputsMap()));
    }

    private void check(Signature signature, TensorSpec spec, String direction, Map<String, TensorInfo> tensors) {
        String where = signature.key() + ": " + direction + " " + spec.name();
        TensorInfo tensor = tensors.get(spec.name());
        if (tensor == null) {
            problems.add(where + " is missing, found " + tensors.keySet());
            return;
        }
        checkType(where, spec.type(), tensor.getDtype());
        TensorShapeProto shape = tensor.getTensorShape();
        if (!shape.getUnknownRank() && shape.getDimCount() != spec.axes().size()) {
            problems.add(where + " has " + shape.getDimCount() + " axes, expected " + spec.axes());
            return;
        }
        for (int axis = 0; axis < shape.getDimCount(); axis++) {
            checkSize(where, spec.axes().get(axis), shape.getDim(axis).getSize());
        }
    }

    private void checkType(String where, ElementType type, DataType found) {
        Set<DataType> expected = types(type);
        if (!expected.contains(found)) {
            problems.add(where + " is " + found + ", expected "
                    + expected.stream().map(DataType::name).collect(Collectors.joining(" or ")));
        } else if (type == ElementType.PRECISION) {
            precision = EnumSet.of(found);
        }
    }

    private void checkSize(String where, String axis, long size) {
        boolean modelWide = Character.isUpperCase(axis.charAt(0));
        if (size == 0 || size > Integer.MAX_VALUE) {
            problems.add(where + " has size " + size + " on axis " + axis + ", expected 1 to " + Integer.MAX_VALUE);
            return;
        }
        if (size < 0 || !modelWide && !Character.isDigit(axis.charAt(0))) {
            return;
        }
        long expected = modelWide ? sizes.computeIfAbsent(axis, name -> size) : Long.parseLong(axis);
        if (size != expected) {
            problems.add(where + " has size " + size + " on axis " + axis + ", expected " + expected);
        }
    }

    private void requireSize(String axis, int most) {
        Long size = sizes.get(axis);
        if (size == null) {
            problems.add("no signature states the size of axis " + axis);
        } else if (size > most) {
            problems.add("axis " + axis + " has size " + size + ", expected at most " + most);
        }
    }

    private Set<DataType> types(ElementType type) {
        return switch (type) {
            case FLOAT32 -> EnumSet.of(DataType.DT_FLOAT);
            case PRECISION -> precision;
            case INT32 -> EnumSet.of(DataType.DT_INT32);
            case UINT8 -> EnumSet.of(DataType.DT_UINT8);
        };
    }
}
