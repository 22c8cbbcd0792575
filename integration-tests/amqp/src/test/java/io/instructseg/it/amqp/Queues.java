package io.instructseg.it.amqp;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.vertx.amqp.AmqpClient;
import io.vertx.amqp.AmqpClientOptions;
import io.vertx.amqp.AmqpConnection;
import io.vertx.amqp.AmqpMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The test's view of the broker. */
final class Queues implements AutoCloseable {

    static final String REQUESTS = "segmentation-requests";
    static final String RESULTS = "segmentation-results";
    static final String DEAD_LETTERS = "dead-letters";

    private final Vertx vertx = Vertx.vertx();
    private final AmqpConnection connection;

    Queues(int port) {
        connection = await(AmqpClient.create(vertx, new AmqpClientOptions().setHost("localhost").setPort(port)).connect());
    }

    /** Sends a message; the broker has it afterwards. */
    void send(String address, AmqpMessage message) {
        await(connection.createSender(address).compose(sender -> sender.sendWithAck(message).compose(sent -> sender.close())));
    }

    /** Takes the messages of an address from now on. */
    Received receive(String address) {
        BlockingQueue<AmqpMessage> messages = new LinkedBlockingQueue<>();
        await(connection.createReceiver(address)).handler(messages::add);
        return new Received(address, messages);
    }

    /** What has come and was not looked at yet. */
    record Received(String address, BlockingQueue<AmqpMessage> messages) {

        AmqpMessage next() throws InterruptedException {
            AmqpMessage message = messages.poll(1, TimeUnit.MINUTES);
            if (message == null) {
                throw new AssertionError("nothing in " + address);
            }
            return message;
        }
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().orTimeout(1, TimeUnit.MINUTES).join();
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
