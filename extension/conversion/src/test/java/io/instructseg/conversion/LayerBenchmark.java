package io.instructseg.conversion;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.types.TString;

import io.instructseg.format.Precision;
import io.instructseg.model.graph.Weight;

/**
 * Layers of the official size beside a plain matrix product in the same run: {@code ./mvnw -q -pl extension/conversion -am
 * -Pbenchmark process-test-classes}. The weights are random; they are written as the converter does it and restored as
 * a model's are. Machines are noisy: what counts is the share of the product's rate, measured in turn with it.
 */
public final class LayerBenchmark {

    private static final int ROUNDS = 7;

    private LayerBenchmark() {
    }

    /** @param arguments precisions; none means float32 and bfloat16 */
    public static void main(String[] arguments) throws IOException {
        List<Precision> precisions = arguments.length == 0 ? List.of(Precision.FLOAT32, Precision.BFLOAT16)
                : Stream.of(arguments).map(name -> Precision.valueOf(name.toUpperCase(Locale.ROOT))).toList();
        for (Precision precision : precisions) {
            run(precision);
        }
    }

    private static void run(Precision precision) throws IOException {
        Path directory = Files.createTempDirectory("layers");
        try (PendingDirectory variables = new PendingDirectory(directory.resolve("model")); Graph graph = new Graph()) {
            BenchmarkGraph layers = new BenchmarkGraph(graph, precision);
            System.out.printf(Locale.ROOT, "%n%s, %d variables, %.0f MB%n", precision, layers.weights().size(),
                    megabytes(layers.weights()));
            long start = System.nanoTime();
            write(layers.weights(), variables.path());
            report("written", layers.weights(), start);
            new SavedModelWriter(graph).restore(layers.weights());
            try (Session session = new Session(graph)) {
                start = System.nanoTime();
                restore(session, variables.path());
                report("restored as resource variables", layers.weights(), start);
                measure(layers, session);
                HandleBenchmark.run(layers, session);
            }
        } finally {
            Files.delete(directory);
        }
    }

    private static void measure(BenchmarkGraph layers, Session session) {
        List<BenchmarkGraph.Task> tasks = layers.tasks();
        List<List<Double>> seconds = tasks.stream().map(task -> (List<Double>) new ArrayList<Double>()).toList();
        for (int round = -1; round < ROUNDS; round++) {
            for (int i = 0; i < tasks.size(); i++) {
                long start = System.nanoTime();
                tasks.get(i).run(session);
                if (round >= 0) {
                    seconds.get(i).add((System.nanoTime() - start) * 1e-9);
                }
            }
        }
        double peak = tasks.get(0).flops() / median(seconds.get(0));
        System.out.printf("%-46s %8s %8s %10s %8s%n", "", "ms", "GFLOP", "GFLOP/s", "share");
        for (int i = 0; i < tasks.size(); i++) {
            double time = median(seconds.get(i));
            double rate = tasks.get(i).flops() / time;
            System.out.printf(Locale.ROOT, "%-46s %8.1f %8.1f %10.0f %7.0f%%%n", tasks.get(i).name(), time * 1e3,
                    tasks.get(i).flops() * 1e-9, rate * 1e-9, 100 * rate / peak);
        }
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static void write(Collection<Weight> weights, Path directory) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        WeightBuffer buffer = new WeightBuffer(128 << 20);
        try (TensorBundle bundle = new TensorBundle(directory, weights)) {
            for (Weight weight : weights) {
                float[] values = new float[Math.toIntExact(weight.elements())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (random.nextDouble() - 0.5) * 0.04f;
                }
                buffer.convert(weight, consumer -> consumer.accept(FloatBuffer.wrap(values)),
                        block -> bundle.append(weight, block));
            }
            bundle.finish();
        }
    }

    private static void restore(Session session, Path directory) {
        try (TString prefix = TString.scalarOf(directory.resolve("variables").resolve("variables").toString())) {
            session.runner().feed("restore/prefix", prefix).addTarget("restore/all").run().close();
        }
    }

    private static void report(String what, Collection<Weight> weights, long start) {
        double seconds = (System.nanoTime() - start) * 1e-9;
        System.out.printf(Locale.ROOT, "%-46s %8.1f s, %.0f MB/s%n", what, seconds, megabytes(weights) / seconds);
    }

    private static double megabytes(Collection<Weight> weights) {
        return weights.stream().mapToLong(Weight::bytes).sum() * 1e-6;
    }
}
