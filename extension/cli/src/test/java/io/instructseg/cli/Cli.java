package io.instructseg.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

import picocli.CommandLine;

/** Runs the command in this process. */
final class Cli {

    static final Path GOLDEN = Path.of(System.getProperty("instructseg.test-data"), "golden");
    static final Path DEMO = Path.of(System.getProperty("instructseg.test-data")).resolveSibling("demo-model");

    private Cli() {
    }

    /** What a run left: its exit code and what it printed. */
    record Result(int exitCode, String out, String err) {
    }

    static Result run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] strings = new String[arguments.length];
        for (int i = 0; i < strings.length; i++) {
            strings[i] = arguments[i].toString();
        }
        int exitCode = Main.run(command, strings);
        return new Result(exitCode, out.toString(), err.toString());
    }
}
