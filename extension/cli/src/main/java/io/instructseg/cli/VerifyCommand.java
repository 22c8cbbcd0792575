package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

import io.instructseg.cli.verify.Comparison;
import io.instructseg.cli.verify.Verification;
import io.instructseg.engine.SegmentationModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code instructseg verify}. */
@Command(name = "verify", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, //
        header = "Compares a model with a recorded run of the official code.", //
        description = { "%nEach stage is compared alone, fed with the official "
                + "stage's input, then the whole run from the picture to the mask. Of answers in words the prompt, the "
                + "logits along the official answer, the tokens that they choose, and the text are compared.%n",
                "One row a stage, or an answer in words, shows the tensor that comes closest to its tolerance, or exceeds it most: its largest "
                        + "absolute error, and the figure that the tolerance bounds (max error / RMS of the official "
                        + "tensor; a share of differing values for pictures, ids, masks; the error itself for scores). "
                        + "Stages that the case does not hold are left out. Tolerances follow the model's precision.%n" }, //
        exitCodeListHeading = "%nExit codes:%n", //
        exitCodeList = { "0:every figure is within its tolerance", "1:one is not, or the request failed" })
final class VerifyCommand implements Callable<Integer> {

    private static final String ROW = "%-14s %7s  %-28s %10s %10s %10s  %s";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL_DIR|demo", description = "Directory of a model, or 'demo' for the built-in one.")
    private String model;

    @Parameters(paramLabel = "CASE_DIR", description = "Directory of a case: case.json, the picture, and a STAGE.safetensors for "
            + "each recorded stage; or of answers in words: generation.json, generation.safetensors, the pictures; or one "
            + "that such directories are in, at any depth.")
    private Path caseDirectory;

    @Override
    public Integer call() throws IOException {
        List<Path> cases = Verification.cases(caseDirectory);
        List<Path> failed = new ArrayList<>();
        try (Progress progress = Progress.start(spec.commandLine().getErr()); ModelSource source = ModelSource.open(model)) {
            progress.step("loading the model");
            try (SegmentationModel loaded = source.load(progress)) {
                for (Path one : cases) {
                    progress.step("verifying " + one);
                    Verification verification = Verification.run(loaded, one);
                    print(one, cases.size() > 1, verification);
                    if (!verification.passes()) {
                        failed.add(one);
                    }
                }
            }
        }
        conclude(cases.size(), failed);
        return failed.isEmpty() ? 0 : 1;
    }

    private void print(Path verified, boolean oneOfSeveral, Verification verification) {
        PrintWriter out = spec.commandLine().getOut();
        if (oneOfSeveral) {
            out.println(verified);
        }
        out.println(row("stage", "tensors", "worst tensor", "max error", "error", "tolerance", "verdict"));
        for (Comparison worst : verification.worstOfStages()) {
            out.println(row(worst.stage(), Integer.toString(verification.tensors(worst.stage())), worst.tensor(),
                    figure(worst.maxError()), figure(worst.error()), figure(worst.tolerance()),
                    worst.passes() ? "ok" : "FAILED"));
        }
        if (oneOfSeveral) {
            out.println();
        }
        out.flush();
    }

    private void conclude(int cases, List<Path> failed) {
        PrintWriter out = spec.commandLine().getOut();
        failed.stream().filter(one -> cases > 1).forEach(one -> out.println("differs: " + one));
        out.println((failed.isEmpty() ? "verified" : "not verified")
                + (cases > 1 ? ": " + (cases - failed.size()) + " of " + cases + " cases" : ""));
        out.flush();
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, ROW, (Object[]) cells);
    }

    private static String figure(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.1e", value);
    }
}
