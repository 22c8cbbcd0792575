package io.instructseg.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The weights of a model as named tensors, from one file or several. Opening reads the headers and checks that every
 * tensor lies inside its file; the elements are read on demand. The files stay open until {@link #close()}; several
 * threads may read at once.
 */
public final class Checkpoint implements Closeable {

    private static final int MOST_INTEGERS = 1 << 22;

    private final List<Path> files = new ArrayList<>();
    private final List<WeightFile> weightFiles = new ArrayList<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    private Checkpoint() {
    }

    private record Entry(WeightFile file, StridedView view) {
    }

    /**
     * Opens the weights in a directory, under the names that transformers gives them. The first of these decides, and
     * the others are not looked at: {@code model.safetensors.index.json}, {@code model.safetensors},
     * {@code pytorch_model.bin.index.json}, {@code pytorch_model.bin}. Shards lie in the same directory; links must not
     * lead out of it.
     *
     * @throws CheckpointException if there are no weights, files are missing, damaged, hostile or of an unknown format,
     *         a tensor occurs twice, or an index and its shards disagree
     */
    public static Checkpoint open(Path directory) throws IOException {
        Problems problems = new Problems(directory);
        Checkpoint checkpoint = open(directory, problems::add);
        try {
            problems.throwIfAny();
            return checkpoint;
        } catch (CheckpointException e) {
            try (checkpoint) {
                throw e;
            }
        }
    }

    /**
     * As {@link #open(Path)}, but tells of disagreements between an index and its shards instead of failing, for a
     * caller who lists them with what else is wrong. Of a duplicate tensor, the first shard's is taken.
     */
    public static Checkpoint open(Path directory, Consumer<String> disagreements) throws IOException {
        CheckpointDirectory home = CheckpointDirectory.of(directory);
        for (WeightFormat format : WeightFormat.values()) {
            if (home.contains(format.indexName())) {
                return open(checkpoint -> checkpoint.addShards(home, format, disagreements));
            }
            if (home.contains(format.fileName())) {
                return openFile(home.resolve(format.fileName()), format);
            }
        }
        throw new CheckpointException(directory, "no weights, expected model.safetensors or pytorch_model.bin, or one of "
                + "them with .index.json and shards");
    }

    /**
     * Opens a single file: safetensors if its name ends so, else an archive of {@code torch.save}.
     *
     * @throws CheckpointException if the file breaks the format
     */
    public static Checkpoint openFile(Path file) throws IOException {
        boolean safetensors = file.getFileName().toString().endsWith(".safetensors");
        return openFile(file, safetensors ? WeightFormat.SAFETENSORS : WeightFormat.TORCH);
    }

    static Checkpoint openFile(Path file, WeightFormat format) throws IOException {
        return open(checkpoint -> checkpoint.addFile(file, format));
    }

    @FunctionalInterface
    private interface Filler {
        void fill(Checkpoint checkpoint) throws IOException;
    }

    private static Checkpoint open(Filler filler) throws IOException {
        Checkpoint checkpoint = new Checkpoint();
        try {
            filler.fill(checkpoint);
            return checkpoint;
        } catch (Throwable e) {
            try (checkpoint) {
                throw e;
            }
        }
    }

    private void addShards(CheckpointDirectory home, WeightFormat format, Consumer<String> disagreements)
            throws IOException {
        Path indexPath = home.resolve(format.indexName());
        ShardIndex index;
        try (WeightFile indexFile = WeightFile.open(indexPath)) {
            index = ShardIndex.read(indexFile);
        }
        files.add(indexPath);
        Problems problems = new Problems(indexPath);
        for (String shard : index.shards()) {
            String problem = home.problem(shard);
            if (problem != null) {
                problems.add(problem);
            }
        }
        problems.throwIfAny();
        Map<String, Map<String, StridedView>> tensorsOfShard = new LinkedHashMap<>();
        for (String shard : index.shards()) {
            tensorsOfShard.put(shard, addFile(home.resolve(shard), format));
        }
        index.compare(tensorsOfShard, disagreements);
    }

    private Map<String, StridedView> addFile(Path path, WeightFormat format) throws IOException {
        WeightFile file = WeightFile.open(path);
        weightFiles.add(file);
        files.add(path);
        Map<String, StridedView> views = format.read(file);
        views.forEach((name, view) -> {
            entries.putIfAbsent(name, new Entry(file, view));
            tensors.putIfAbsent(name, new TensorInfo(name, view.dataType(), view.shape(), path));
        });
        return views;
    }

    /** The tensors by name, file after file, in a file in its own order. */
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** The files that make up the checkpoint: the index, if there is one, then the weight files by name. */
    public List<Path> files() {
        return Collections.unmodifiableList(files);
    }

    /**
     * Streams the elements of a tensor as they are in the file. An empty tensor has no chunks.
     *
     * @throws CheckpointException if there is no such tensor or its file has become shorter
     */
    public void read(String name, ChunkConsumer consumer) throws IOException {
        Entry entry = entry(name);
        TensorReader.read(entry.file(), entry.view(), consumer);
    }

    /**
     * Streams the elements of a floating-point tensor as float32. Half precisions are represented exactly, signalling
     * NaNs apart; float64 is rounded to the nearest, to infinity beyond float32's range.
     *
     * @throws CheckpointException if there is no such tensor, it holds integers, or its file has become shorter
     */
    public void readFloat32(String name, FloatChunkConsumer consumer) throws IOException {
        Entry entry = entry(name);
        DataType dataType = entry.view().dataType();
        if (!dataType.isFloatingPoint()) {
            throw entry.file().error("tensor " + CheckpointException.quote(name) + " holds " + dataType
                    + ", expected a floating-point type");
        }
        long elements = entry.view().bytes() / dataType.byteSize();
        float[] values = new float[(int) Math.min(elements, TensorReader.CHUNK_BYTES / dataType.byteSize())];
        TensorReader.read(entry.file(), entry.view(), chunk -> {
            int count = Numbers.toFloat32(dataType, chunk, values);
            consumer.accept(FloatBuffer.wrap(values, 0, count));
        });
    }

    /**
     * The elements of an integer or bool tensor in row-major order, unsigned bytes as 0 to 255.
     *
     * @throws CheckpointException if there is no such tensor, it holds floating-point numbers or more than 2^22 elements,
     *         or its file has become shorter
     */
    public long[] readIntegers(String name) throws IOException {
        Entry entry = entry(name);
        DataType dataType = entry.view().dataType();
        long elements = entry.view().bytes() / dataType.byteSize();
        if (dataType.isFloatingPoint() || elements > MOST_INTEGERS) {
            throw entry.file().error("tensor " + CheckpointException.quote(name) + " holds " + elements + " elements of "
                    + dataType + ", expected at most " + MOST_INTEGERS + " of an integer type");
        }
        long[] values = new long[(int) elements];
        int[] filled = { 0 };
        TensorReader.read(entry.file(), entry.view(),
                chunk -> filled[0] = Numbers.toIntegers(dataType, chunk, values, filled[0]));
        return values;
    }

    private Entry entry(String name) throws CheckpointException {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new CheckpointException(files.get(0), "no tensor " + CheckpointException.quote(name));
        }
        return entry;
    }

    /** Closes all files, also if closing one of them fails. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (WeightFile file : weightFiles) {
            try {
                file.close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
