package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.types.TString;

import io.instructseg.format.VariablesFormat;

/**
 * A SavedModel's graph and a session with its weights. TensorFlow's own loader does the same in one call that tells nothing
 * and can't be stopped, and takes the graph from a file only.
 */
final class SavedModelSession implements AutoCloseable {

    private static final String INIT_SIGNATURE = "__saved_model_init_op";
    /** Where earlier versions of TensorFlow name what runs after restoring. */
    private static final List<String> INIT_COLLECTIONS = List.of("saved_model_main_op", "legacy_init_op");

    private final Path directory;
    private final Graph graph = new Graph();
    private final Session session;
    private final MemoryPromise promise;

    /**
     * Without the weights as yet.
     *
     * @param directory of the SavedModel
     * @param graphDef to run, which need not be the one in the directory
     * @param promise of the memory that it takes; closed with this
     * @throws ModelException if it is no graph
     */
    SavedModelSession(Path directory, GraphDef graphDef, ConfigProto config, MemoryPromise promise) throws ModelException {
        this.directory = directory;
        this.promise = promise;
        try {
            graph.importGraphDef(graphDef);
            session = new Session(graph, config);
        } catch (RuntimeException e) {
            graph.close();
            throw failed(e);
        }
    }

    private ModelException failed(RuntimeException e) {
        return new ModelException(directory + " can't be loaded: " + e.getMessage(), e);
    }

    /**
     * Restores the weights.
     *
     * @param model the graph's; not kept, since it is tens of megabytes
     * @param groups what assigns all weights, and reads those that are not mapped
     * @param mapped the others, which are being read meanwhile
     * @throws ModelException if they are damaged
     */
    void restore(MetaGraphDef model, List<WeightGroups.Group> groups, WeightFile mapped, LoadListener listener)
            throws IOException {
        Map<String, Tensor> files = files(model);
        try {
            long copied = groups.stream().mapToLong(WeightGroups.Group::bytes).sum();
            long total = copied + mapped.bytes();
            long done = 0;
            listener.progress(done, total);
            for (WeightGroups.Group group : groups) {
                run(files, group.targets());
                done += group.bytes();
                listener.progress(done, total);
            }
            mapped.await(read -> listener.progress(copied + read, total));
            String init = init(model);
            if (!init.isEmpty()) {
                run(files, List.of(init));
            }
            // a tenth of a gigabyte at the official size, which preparing took for a while
            NativeHeap.trim();
        } finally {
            files.values().forEach(Tensor::close);
        }
    }

    /** What is fed: the weights' files, and others that tables are made of. */
    private Map<String, Tensor> files(MetaGraphDef model) {
        Map<String, Tensor> files = new HashMap<>();
        String prefix = model.getSaverDef().getFilenameTensorName();
        if (!prefix.isEmpty()) {
            files.put(prefix, TString.scalarOf(VariablesFormat.prefix(directory).toString()));
        }
        for (AssetFileDef asset : model.getAssetFileDefList()) {
            files.put(asset.getTensorInfo().getName(),
                    TString.scalarOf(directory.resolve("assets").resolve(asset.getFilename()).toString()));
        }
        return files;
    }

    private void run(Map<String, Tensor> files, List<String> targets) throws ModelException {
        try {
            Session.Runner runner = session.runner();
            files.forEach(runner::feed);
            targets.forEach(runner::addTarget);
            runner.run().close();
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /** The operation that makes tables and the like; empty if there is none, as in models that we convert. */
    private static String init(MetaGraphDef model) {
        if (model.containsSignatureDef(INIT_SIGNATURE)) {
            return TensorNames
                    .node(model.getSignatureDefOrThrow(INIT_SIGNATURE).getOutputsOrThrow(INIT_SIGNATURE).getName());
        }
        return INIT_COLLECTIONS.stream()
                .map(name -> model.getCollectionDefOrDefault(name, CollectionDef.getDefaultInstance()).getNodeList())
                .filter(nodes -> nodes.getValueCount() > 0).map(nodes -> TensorNames.node(nodes.getValue(0))).findFirst()
                .orElse("");
    }

    /** To which nothing may be added from {@link #restore} on: TensorFlow has not kept what it would need for that. */
    Graph graph() {
        return graph;
    }

    Session session() {
        return session;
    }

    @Override
    public void close() {
        try {
            session.close();
            graph.close();
            NativeHeap.trim();
        } finally {
            promise.close();
        }
    }
}
