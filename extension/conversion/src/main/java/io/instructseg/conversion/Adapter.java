package io.instructseg.conversion;

import java.io.Closeable;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.CheckpointDirectory;
import io.instructseg.checkpoint.CheckpointException;
import io.instructseg.checkpoint.FloatChunkConsumer;
import io.instructseg.checkpoint.TensorInfo;

/**
 * What a training changed of a checkpoint: low-rank matrices A and B, and tensors that it trained as a whole. Either PEFT's
 * {@code adapter_model} with {@code non_lora_trainables}, or the training's consolidated state (DeepSpeed's
 * {@code zero_to_fp32}), which has all weights, those with an adapter as {@code base_layer}.
 */
final class Adapter implements Closeable {

    private static final List<String> ADAPTER_FILES = List.of("adapter_model.safetensors", "adapter_model.bin");
    private static final List<String> TRAINED_FILES = List.of("non_lora_trainables.safetensors", "non_lora_trainables.bin");
    private static final String WEIGHT = ".weight";
    private static final Pattern NAME = Pattern.compile("base_model\\.model\\.(.+)");
    private static final Pattern FACTOR = Pattern.compile("(.+)\\.lora_([AB])(\\.default)?\\.weight");
    private static final Pattern BASE_LAYER = Pattern.compile("(.+)\\.base_layer\\.(weight|bias)");
    /** Of other methods, which are not merged: {@code lora_magnitude_vector}, {@code lora_embedding_A}, .. */
    private static final Pattern OTHER = Pattern.compile(".*\\.(lora_|modules_to_save\\.|original_module\\.).*");

    private final Path directory;
    private final AdapterConfig config;
    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    /** Tensors that replace the base's, by the base's names. */
    private final Map<String, Tensor> trained = new LinkedHashMap<>();
    /** A and B by the name of the weight that they belong to. */
    private final Map<String, Factors> factors = new TreeMap<>();
    /** Modules of a consolidated state whose weights are not all of them. */
    private final Set<String> baseLayers = new TreeSet<>();

    private record Tensor(Checkpoint checkpoint, TensorInfo info) {
        float[] read() throws IOException {
            FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(info.elements()));
            checkpoint.readFloat32(info.name(), values::put);
            return values.array();
        }
    }

    private static final class Factors {
        Tensor a;
        Tensor b;
    }

    private Adapter(Path directory, AdapterConfig config) {
        this.directory = directory;
        this.config = config;
    }

    /**
     * @throws ConversionException if there is none, or its configuration is missing or asks for what can't be merged
     * @throws IOException also if its files are damaged
     */
    static Adapter open(Path directory) throws IOException {
        CheckpointDirectory home = CheckpointDirectory.of(directory);
        Optional<String> file = ADAPTER_FILES.stream().filter(home::contains).findFirst();
        boolean configured = home.contains(AdapterConfig.FILE);
        AdapterConfig config = file.isPresent() || configured
                ? AdapterConfig.read(configured ? home.resolve(AdapterConfig.FILE) : directory.resolve(AdapterConfig.FILE))
                : AdapterConfig.OFFICIAL;
        if (file.isPresent() && config.targets().isEmpty()) {
            throw new ConversionException(home.resolve(AdapterConfig.FILE) + " has no target_modules");
        }
        Adapter adapter = new Adapter(directory, config);
        try {
            adapter.add(file.isPresent() ? Checkpoint.openFile(home.resolve(file.get())) : state(directory));
            Optional<String> others = TRAINED_FILES.stream().filter(home::contains).findFirst();
            if (others.isPresent()) {
                adapter.add(Checkpoint.openFile(home.resolve(others.get())));
            }
            return adapter;
        } catch (Throwable e) {
            try (adapter) {
                throw e;
            }
        }
    }

    private static Checkpoint state(Path directory) throws IOException {
        try {
            return Checkpoint.open(directory);
        } catch (CheckpointException e) {
            throw new ConversionException(directory + " has neither adapter_model.safetensors, nor adapter_model.bin, nor a "
                    + "consolidated state: " + e.getMessage(), e);
        }
    }

    private void add(Checkpoint checkpoint) {
        checkpoints.add(checkpoint);
        for (TensorInfo tensor : checkpoint.tensors().values()) {
            Matcher name = NAME.matcher(tensor.name());
            if (name.matches()) {
                add(name.group(1), new Tensor(checkpoint, tensor));
            } else {
                problems.add(tensor.name() + ", expected a name that begins with base_model.model.");
            }
        }
    }

    private void add(String name, Tensor tensor) {
        Matcher factor = FACTOR.matcher(name);
        Matcher base = BASE_LAYER.matcher(name);
        if (factor.matches()) {
            Factors both = factors.computeIfAbsent(factor.group(1) + WEIGHT, weight -> new Factors());
            boolean isA = factor.group(2).equals("A");
            if ((isA ? both.a : both.b) != null) {
                problems.add(name + " occurs twice");
            } else if (isA) {
                both.a = tensor;
            } else {
                both.b = tensor;
            }
        } else if (OTHER.matcher(name).matches()) {
            problems.add(name + " is of a method that can't be merged here");
        } else if (base.matches()) {
            baseLayers.add(base.group(1));
            addTrained(name, base.group(1) + "." + base.group(2), tensor);
        } else {
            addTrained(name, name, tensor);
        }
    }

    private void addTrained(String name, String weight, Tensor tensor) {
        if (trained.putIfAbsent(weight, tensor) != null) {
            problems.add(name + " occurs twice");
        }
    }

    /** The files that it is made of. */
    List<Path> files() {
        List<Path> files = new ArrayList<>();
        if (Files.exists(directory.resolve(AdapterConfig.FILE))) {
            files.add(directory.resolve(AdapterConfig.FILE));
        }
        checkpoints.forEach(checkpoint -> files.addAll(checkpoint.files()));
        return files;
    }

    /**
     * What does not fit a checkpoint.
     *
     * @throws ConversionException if that can't be told: a pattern of modules takes too long
     */
    List<String> offenders(Map<String, TensorInfo> base) throws ConversionException {
        List<String> offenders = new ArrayList<>(problems);
        trained.forEach((name, tensor) -> {
            if (!base.containsKey(name)) {
                offenders.add(name + " is no weight of the checkpoint");
            } else {
                checkTensor(name, tensor, base.get(name).shape(), offenders);
            }
        });
        factors.forEach((name, both) -> check(name, both, base.get(name), offenders));
        checkTargets(modules(base), offenders);
        baseLayers.stream().filter(module -> !isAdapted(module))
                .forEach(module -> offenders.add(module + ".base_layer has no lora_A and lora_B beside it"));
        return offenders.stream().map(offender -> "adapter: " + offender).toList();
    }

    /** Those whose weight is a matrix. */
    private static List<String> modules(Map<String, TensorInfo> base) {
        return base.values().stream().filter(tensor -> tensor.shape().size() == 2 && tensor.name().endsWith(WEIGHT))
                .map(tensor -> tensor.name().substring(0, tensor.name().length() - WEIGHT.length())).toList();
    }

    /** What is configured to have A and B has to have them; a {@code base_layer} without them is named as such. */
    private void checkTargets(List<String> modules, List<String> offenders) throws ConversionException {
        for (String module : modules) {
            if (!isAdapted(module) && !baseLayers.contains(module) && config.adapts(module)) {
                offenders.add("target_modules names " + module + ", which has no lora_A and lora_B");
            }
        }
        config.targets().idle(modules)
                .forEach(target -> offenders.add("target_modules names " + target + ", which is no matrix of the checkpoint"));
    }

    private boolean isAdapted(String module) {
        return factors.containsKey(module + WEIGHT);
    }

    private void check(String name, Factors both, TensorInfo weight, List<String> offenders) {
        if (both.a == null || both.b == null) {
            offenders.add(name + " has no " + (both.a == null ? "lora_A" : "lora_B"));
        } else if (weight == null) {
            offenders.add(name + " is no weight of the checkpoint");
        } else if (weight.shape().size() != 2) {
            offenders.add(name + " has shape " + weight.shape() + " in the checkpoint, expected a matrix");
        } else {
            long rank = config.rank();
            checkTensor(both.a.info().name(), both.a, List.of(rank, weight.shape().get(1)), offenders);
            checkTensor(both.b.info().name(), both.b, List.of(weight.shape().get(0), rank), offenders);
        }
    }

    private static void checkTensor(String name, Tensor tensor, List<Long> shape, List<String> offenders) {
        if (!tensor.info().shape().equals(shape)) {
            offenders.add(name + " has shape " + tensor.info().shape() + ", expected " + shape);
        } else if (!tensor.info().dataType().isFloatingPoint()) {
            offenders.add(name + " is " + tensor.info().dataType() + ", expected floating point");
        }
    }

    /** What {@link #on} changes of a checkpoint that it fits. */
    Conversion.Merge merge() {
        return new Conversion.Merge(config.rank(), config.scale(), config.assumed(), factors.size(), trained.size());
    }

    /** The checkpoint's weights with what the training changed. */
    WeightSource on(Checkpoint base) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>(base.tensors());
        trained.forEach((name, tensor) -> tensors.put(name,
                new TensorInfo(name, tensor.info().dataType(), tensor.info().shape(), tensor.info().file())));
        return new WeightSource() {
            @Override
            public Map<String, TensorInfo> tensors() {
                return tensors;
            }

            @Override
            public void readFloat32(String name, FloatChunkConsumer consumer) throws IOException {
                Tensor tensor = trained.getOrDefault(name, new Tensor(base, tensors.get(name)));
                Factors both = factors.get(name);
                if (both == null) {
                    tensor.checkpoint().readFloat32(tensor.info().name(), consumer);
                    return;
                }
                LowRankUpdate update = new LowRankUpdate(both.a.read(), both.b.read(), config.rank(), config.scale());
                tensor.checkpoint().readFloat32(tensor.info().name(), chunk -> {
                    update.add(chunk);
                    consumer.accept(chunk);
                });
            }
        };
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Checkpoint checkpoint : checkpoints) {
            try {
                checkpoint.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
