package io.instructseg.cli;

import java.io.PrintWriter;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command {@code instructseg}. */
@Command(name = "instructseg", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, //
        description = { "Segments what a sentence means in a picture or a video, and answers questions in words, with "
                + "InstructSeg (arXiv 2412.14006).%n",
                "Start with the small model that is built in:",
                "  instructseg segment --model demo --image FILE --text \"...\" --overlay out.png",
                "  instructseg ask demo --image FILE \"...\"%n",
                "For the official model, convert its checkpoint once, then name the converted model:",
                "  instructseg convert CHECKPOINT_DIR MODEL_DIR --precision bfloat16",
                "  instructseg segment --model MODEL_DIR --image FILE --text \"...\"%n" }, //
        exitCodeListHeading = "%nExit codes:%n", //
        exitCodeList = { "0:success", "1:the request failed: the message says what is wrong and where",
                "2:wrong usage", "70:an error in this program" }, //
        commandListHeading = "%nCommands:%n", footerHeading = "%n", //
        footer = "'instructseg COMMAND --help' describes a command.", //
        subcommands = { ConvertCommand.class, VerifyCommand.class, SegmentCommand.class, AskCommand.class, InspectCommand.class,
                BenchmarkCommand.class, SynthesizeCommand.class })
public final class Main {

    /** From the jar's manifest. */
    public static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] { "instructseg " + (version == null ? "(not from its jar)" : version) };
        }
    }

    private Main() {
    }

    /** @param arguments as {@code --help} says */
    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        System.exit(run(commandLine(), arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).setExpandAtFiles(false)
                .setUsageHelpWidth(100)
                .setExecutionExceptionHandler((failure, command, parsed) -> Failures.report(failure, command.getErr()));
    }

    /** @return the exit code */
    static int run(CommandLine commandLine, String... arguments) {
        try {
            return commandLine.execute(arguments);
        } catch (Throwable failure) {
            // picocli hands on errors: no memory, no native library for this machine
            PrintWriter err = commandLine.getErr();
            return Failures.report(failure, err);
        }
    }
}
