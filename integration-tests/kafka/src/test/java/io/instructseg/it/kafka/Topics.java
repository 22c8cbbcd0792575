package io.instructseg.it.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The test's view of the broker. */
final class Topics implements AutoCloseable {

    static final String REQUESTS = "segmentation-requests";
    static final String RESULTS = "segmentation-results";
    static final String DEAD_LETTERS = "segmentation-dead-letters";

    private final Map<String, Object> broker;
    private final KafkaProducer<String, byte[]> producer;

    Topics(int port) throws Exception {
        broker = Map.of("bootstrap.servers", "localhost:" + port);
        try (Admin admin = Admin.create(broker)) {
            admin.createTopics(List.of(new NewTopic(REQUESTS, 6, (short) 1), new NewTopic(RESULTS, 1, (short) 1),
                    new NewTopic(DEAD_LETTERS, 1, (short) 1))).all().get();
        }
        producer = new KafkaProducer<>(broker, new StringSerializer(), new ByteArraySerializer());
    }

    void request(String key, byte[] value, Map<String, String> headers) {
        ProducerRecord<String, byte[]> request = new ProducerRecord<>(REQUESTS, key, value);
        headers.forEach((name, text) -> request.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        producer.send(request);
    }

    void flush() {
        producer.flush();
    }

    /** Reads a topic from its beginning until there is enough. */
    void read(String topic, Consumer<ConsumerRecord<String, byte[]>> reader, Supplier<Boolean> enough, Duration atMost) {
        Map<String, Object> properties = new HashMap<>(broker);
        properties.put("group.id", "test-" + System.nanoTime());
        properties.put("auto.offset.reset", "earliest");
        long end = System.nanoTime() + atMost.toNanos();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(properties, new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (!enough.get() && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(reader);
            }
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
