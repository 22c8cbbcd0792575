package io.instructseg.it.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A JVM that a test starts, and that does not outlive it. */
public final class JavaProcess implements AutoCloseable {

    private final Process process;
    private final Path output;
    private final Thread killer;

    private JavaProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
        this.killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /**
     * @param output file for what it says
     * @param arguments of the {@code java} command
     */
    public static JavaProcess start(Path output, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(arguments);
        Files.createDirectories(output.getParent());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
        return new JavaProcess(builder.start(), output);
    }

    /** What it has said so far. */
    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it says something. */
    public void await(String text, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!output().contains(text)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException((process.isAlive() ? "still running" : "ended") + " without saying '" + text
                        + "' but: " + output());
            }
            Thread.sleep(100);
        }
    }

    /** Kills it at once, as the kernel does it. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Asks it to end, as a platform does it, and waits until it has. */
    public void terminate() {
        process.toHandle().destroy();
        process.onExit().join();
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(killer);
    }
}
