package io.instructseg.it.broker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;

/** Runs Kafka without ZooKeeper (KRaft), one node for all. */
final class KafkaNode {

    private KafkaNode() {
    }

    /** @param arguments directory, port, the controller's port */
    public static void main(String[] arguments) throws Exception {
        Broker.endWithTheTest();
        Path data = Path.of(arguments[0]);
        Properties properties = properties(data, arguments[1], arguments[2]);
        Files.createDirectories(data);
        Path file = data.resolve("server.properties");
        try (var out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
        String[] format = { "format", "--config", file.toString(), "--cluster-id", Uuid.randomUuid().toString() };
        if (StorageTool.execute(format, System.out) != 0) {
            throw new IllegalStateException("the storage can't be formatted");
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
        server.startup();
        System.out.println(Broker.READY);
        server.awaitShutdown();
    }

    private static Properties properties(Path data, String port, String controllerPort) {
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@localhost:" + controllerPort);
        properties.put("listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("log.dirs", data.resolve("logs").toString());
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        return properties;
    }
}
