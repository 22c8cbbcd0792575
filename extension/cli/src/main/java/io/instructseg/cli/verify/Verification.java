package io.instructseg.cli.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.session.StageException;
import io.instructseg.format.ModelManifest;
import io.instructseg.format.Precision;

/**
 * The comparison of a model with a case of the official code.
 *
 * @param comparisons of every tensor, stage after stage
 */
public record Verification(List<Comparison> comparisons) {

    private static final int DEEPEST = 8;

    /**
     * The cases that a directory names: itself if it is one, or those below it, in the order of their names. If there is none,
     * itself, so that running it says what is missing.
     */
    public static List<Path> cases(Path directory) throws IOException {
        if (isCase(directory) || !Files.isDirectory(directory)) {
            return List.of(directory);
        }
        try (Stream<Path> below = Files.find(directory, DEEPEST, (path, file) -> file.isDirectory() && isCase(path))) {
            List<Path> cases = below.sorted().toList();
            return cases.isEmpty() ? List.of(directory) : cases;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isCase(Path directory) {
        return Files.isRegularFile(directory.resolve(GoldenCase.FILE)) || isText(directory);
    }

    private static boolean isText(Path directory) {
        return Files.isRegularFile(directory.resolve(GoldenText.FILE));
    }

    /**
     * Runs all stages that the case holds, each with the official input, and then the whole; of recorded texts, each answer.
     *
     * @throws IOException if the case is damaged, or of a model of other sizes
     */
    public static Verification run(SegmentationModel model, Path caseDirectory) throws IOException {
        try {
            return compare(model, caseDirectory);
        } catch (StageException e) {
            throw new IOException(caseDirectory + " is no case of this model: " + e.getMessage(), e);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // tensors that don't fit each other: a recorded case has none
            throw new IOException(caseDirectory + " is damaged, its tensors don't fit each other: " + e.getMessage(), e);
        }
    }

    private static Verification compare(SegmentationModel model, Path caseDirectory) throws IOException {
        Tolerances tolerances = Tolerances.of(model.manifest().map(ModelManifest::precision).orElse(Precision.FLOAT32));
        List<Comparison> comparisons = new ArrayList<>();
        if (isText(caseDirectory)) {
            new TextVerifier(GoldenText.open(caseDirectory), model, tolerances, comparisons).verify();
        } else {
            compare(GoldenCase.open(caseDirectory), model, tolerances, comparisons);
        }
        if (comparisons.isEmpty()) {
            throw new IOException(caseDirectory + " holds nothing to compare: no stage has both its input and its output");
        }
        return new Verification(comparisons);
    }

    private static void compare(GoldenCase golden, SegmentationModel model, Tolerances tolerances,
            List<Comparison> comparisons) throws IOException {
        PictureVerifier picture = new PictureVerifier(golden, model, tolerances, comparisons);
        picture.verifyInput();
        new StageVerifier(golden, model.session(), tolerances, comparisons).verify();
        picture.verifyResult();
    }

    /** Whether all comparisons are within their tolerances. */
    public boolean passes() {
        return comparisons.stream().allMatch(Comparison::passes);
    }

    /** The comparison of each stage that comes closest to its tolerance, or exceeds it most. */
    public List<Comparison> worstOfStages() {
        Map<String, List<Comparison>> stages = comparisons.stream()
                .collect(Collectors.groupingBy(Comparison::stage, LinkedHashMap::new, Collectors.toList()));
        return stages.values().stream().map(stage -> stage.stream().max(Comparator.comparingDouble(Verification::strain))
                .orElseThrow()).toList();
    }

    /** Tensors that were compared of a stage. */
    public int tensors(String stage) {
        return (int) comparisons.stream().filter(comparison -> comparison.stage().equals(stage)).count();
    }

    private static double strain(Comparison comparison) {
        if (comparison.error() == 0) {
            return 0;
        }
        return comparison.tolerance() == 0 ? Double.POSITIVE_INFINITY : comparison.error() / comparison.tolerance();
    }
}
