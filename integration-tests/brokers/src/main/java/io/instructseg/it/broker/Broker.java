package io.instructseg.it.broker;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A broker in a JVM of its own, and with a class path of its own. */
public final class Broker implements AutoCloseable {

    /** What a broker's JVM says when clients may come. */
    static final String READY = "The broker is ready.";

    private final JavaProcess process;
    private final int port;

    private Broker(JavaProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * An Apache Kafka node, broker and controller.
     *
     * @param module directory with this module's {@code brokers.classpath} and {@code classes}
     * @param data directory for its logs, which does not exist yet
     */
    public static Broker kafka(Path module, Path data) throws IOException, InterruptedException {
        return start(module, data, "io.instructseg.it.broker.KafkaNode");
    }

    /** An Apache ActiveMQ Artemis broker for AMQP 1.0. */
    public static Broker artemis(Path module, Path data) throws IOException, InterruptedException {
        return start(module, data, "io.instructseg.it.broker.ArtemisNode");
    }

    private static Broker start(Path module, Path data, String main) throws IOException, InterruptedException {
        String classPath = module.resolve("classes") + File.pathSeparator
                + Files.readString(module.resolve("brokers.classpath")).strip();
        int port = freePort();
        JavaProcess process = JavaProcess.start(Path.of(data + ".log"), List.of("-Xmx256m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-cp", classPath, main, data.toString(), "" + port, "" + freePort()));
        try {
            process.await(READY, Duration.ofMinutes(2));
        } catch (InterruptedException | RuntimeException e) {
            process.close();
            throw e;
        }
        return new Broker(process, port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Where it listens, on localhost. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.close();
    }

    /** For the broker's JVM: ends it when the test's JVM is gone, whatever ended that. */
    static void endWithTheTest() {
        Thread thread = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // nobody writes
                }
            } catch (IOException e) {
                // gone as well
            }
            Runtime.getRuntime().halt(1);
        });
        thread.setDaemon(true);
        thread.start();
    }
}
