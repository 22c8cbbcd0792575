package io.instructseg.conversion;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TString;

import com.google.protobuf.CodedOutputStream;

import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;
import io.instructseg.model.InstructSegGraph;
import io.instructseg.model.graph.Weight;

/** Writes {@code saved_model.pb}: the graph, its signatures, and the operations that restore its variables. */
final class SavedModelWriter {

    private static final String SCOPE = "restore";

    private final Graph graph;
    private final Ops tf;

    SavedModelWriter(Graph graph) {
        this.graph = graph;
        this.tf = Ops.create(graph);
    }

    /** Adds the restore operations to the graph and writes it into the SavedModel's directory. */
    void write(Path directory, InstructSegGraph model) throws IOException {
        SaverDef saver = restore(model.weights());
        MetaGraphDef.Builder meta = MetaGraphDef.newBuilder().setGraphDef(SharedConstants.share(graph.toGraphDef()))
                .setSaverDef(saver);
        meta.getMetaInfoDefBuilder().addTags("serve");
        for (Signature signature : model.signatures()) {
            meta.putSignatureDef(signature.key(), signature(signature));
        }
        SavedModel saved = SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(meta).build();
        try (OutputStream out = Files.newOutputStream(directory.resolve("saved_model.pb"))) {
            CodedOutputStream coded = CodedOutputStream.newInstance(out);
            // TensorFlow's maps come in random order: equal models shall be equal files
            coded.useDeterministicSerialization();
            saved.writeTo(coded);
            coded.flush();
        }
    }

    /** One restore and assignment for each variable, so that loading moves them one by one. */
    SaverDef restore(Collection<Weight> weights) {
        Ops ops = tf.withSubScope(SCOPE);
        Operand<TString> prefix = ops.withName("prefix").placeholder(TString.class);
        List<Op> assignments = new ArrayList<>();
        for (Weight weight : weights) {
            assignments.add(assign(ops, prefix, weight));
        }
        ops.withControlDependencies(assignments).withName("all").noOp();
        return SaverDef.newBuilder().setVersion(SaverDef.CheckpointFormatVersion.V2)
                .setFilenameTensorName(SCOPE + "/prefix:0").setSaveTensorName(SCOPE + "/prefix:0")
                .setRestoreOpName(SCOPE + "/all").build();
    }

    private Op assign(Ops ops, Operand<TString> prefix, Weight weight) {
        Output<?> handle = graph.operation("variables/" + weight.name()).output(0);
        Operand<?> restored = ops.train
                .restore(prefix, ops.array(weight.name()), ops.array(""), List.of(weight.type())).tensors().get(0);
        return ops.assignVariableOp(handle, restored);
    }

    private SignatureDef signature(Signature signature) {
        SignatureDef.Builder definition = SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
        for (TensorSpec input : signature.inputs()) {
            definition.putInputs(input.name(), tensor(InstructSegGraph.placeholder(signature, input.name())));
        }
        for (TensorSpec output : signature.outputs()) {
            definition.putOutputs(output.name(), tensor(InstructSegGraph.operation(signature, output.name())));
        }
        return definition.build();
    }

    private TensorInfo tensor(String operation) {
        Output<?> output = graph.operation(operation).output(0);
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int axis = 0; axis < output.shape().numDimensions(); axis++) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(output.shape().get(axis)));
        }
        return TensorInfo.newBuilder().setName(output.op().name() + ":0").setDtype(output.dataType())
                .setTensorShape(shape).build();
    }
}
