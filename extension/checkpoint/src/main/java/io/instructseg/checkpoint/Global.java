package io.instructseg.checkpoint;

import java.util.LinkedHashMap;
import java.util.Optional;

/** The names that a pickle may mention, and what this class does in their stead. */
final class Global {

    private static final int TENSOR_ARGUMENTS = 6;
    private static final int PARAMETER_ARGUMENTS = 3;

    private final String name;
    /** For a storage class, the type of its elements. */
    private final Optional<DataType> dataType;

    private Global(String name, Optional<DataType> dataType) {
        this.name = name;
        this.dataType = dataType;
    }

    static Global find(PickleInput in, String module, String name) throws CheckpointException {
        String qualifiedName = module + "." + name;
        switch (qualifiedName) {
            case "collections.OrderedDict", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter":
                return new Global(qualifiedName, Optional.empty());
            default:
                Optional<DataType> dataType = module.equals("torch") ? DataType.ofTorchStorage(name) : Optional.empty();
                if (dataType.isEmpty()) {
                    throw in.error("global " + CheckpointException.quote(qualifiedName)
                            + " is not allowed: a state dict of tensors does not need it");
                }
                return new Global(qualifiedName, dataType);
        }
    }

    DataType dataType(PickleInput in) throws CheckpointException {
        return dataType.orElseThrow(() -> in.error(name + " is not the type of a storage"));
    }

    /** What the function would return. Arguments that have no bearing on values (gradients, hooks) are not looked at. */
    Object call(PickleInput in, PickleTuple arguments) throws CheckpointException {
        switch (name) {
            case "collections.OrderedDict":
                requireArguments(in, arguments, 0, 0);
                return new PickleDict(new LinkedHashMap<>(0));
            case "torch._utils._rebuild_tensor_v2":
                requireArguments(in, arguments, TENSOR_ARGUMENTS, TENSOR_ARGUMENTS + 1);
                return new PickledTensor(arguments.get(in, 0, PickledTensor.Storage.class, "the storage of a tensor"),
                        arguments.get(in, 1, Long.class, "the offset of a tensor"),
                        arguments.get(in, 2, PickleTuple.class, "the size of a tensor").integers(in, "the size of a tensor"),
                        arguments.get(in, 3, PickleTuple.class, "the stride of a tensor")
                                .integers(in, "the stride of a tensor"));
            case "torch._utils._rebuild_parameter":
                requireArguments(in, arguments, PARAMETER_ARGUMENTS, PARAMETER_ARGUMENTS);
                return arguments.get(in, 0, PickledTensor.class, "the data of a parameter");
            default:
                throw in.error(name + " is not a function");
        }
    }

    private void requireArguments(PickleInput in, PickleTuple arguments, int least, int most) throws CheckpointException {
        if (arguments.size() < least || arguments.size() > most) {
            throw in.error(name + " with " + arguments.size() + " arguments, expected " + least
                    + (least == most ? "" : " or " + most));
        }
    }
}
