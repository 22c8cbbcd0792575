package io.instructseg.quarkus.runtime.messaging;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import jakarta.inject.Singleton;

import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.ImageReferenceException;
import io.instructseg.quarkus.ImageStore;
import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.instructseg.quarkus.runtime.ModelConfig;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.wire.BoundedBytes;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestMemory;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** Reads messages, and fetches their pictures: the model's thread never waits for a store. */
@Singleton
public class MessageReader {

    private final ImageStore store;
    private final ModelConfig config;

    MessageReader(ImageStore store, InstructSegConfig config) {
        this.store = store;
        this.config = config.models().get(ModelNames.DEFAULT);
    }

    /**
     * @throws RequestException if the message is not what is expected, or there is no room for its picture now
     * @throws StoreException if the picture's store failed
     */
    MessageRequest read(Object payload) throws IOException {
        RequestMemory memory = new RequestMemory(config.image().maxBytes().asLongValue());
        try {
            MessageBody body = MessageBody.parse(new ByteArrayInputStream(bytes(payload)), memory);
            if (body.reference() != null) {
                body.fields().image(fetch(body.reference(), memory));
            }
            return new MessageRequest(body.id(), body.fields().toRequest(config.task()), memory);
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    /** Brokers have bytes; connectors make of them what a message's content type says. */
    private static byte[] bytes(Object payload) {
        if (payload instanceof byte[] bytes) {
            return bytes;
        }
        if (payload instanceof Buffer buffer) {
            return buffer.getBytes();
        }
        if (payload instanceof String || payload instanceof JsonObject) {
            return payload.toString().getBytes(StandardCharsets.UTF_8);
        }
        throw new RequestException(null, "found " + (payload == null ? "no payload" : "a payload of " + payload.getClass())
                + ", expected JSON as bytes or text");
    }

    private Image fetch(String reference, RequestMemory memory) {
        BoundedBytes bytes = new BoundedBytes(MessageBody.REFERENCE, memory.maxImageBytes(), memory);
        try (InputStream in = store.open(reference)) {
            in.transferTo(bytes);
        } catch (ImageReferenceException e) {
            throw RequestException.badField(MessageBody.REFERENCE, e.getMessage());
        } catch (RequestException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new StoreException(e);
        }
        if (bytes.size() == 0) {
            throw RequestException.badField(MessageBody.REFERENCE, "found an empty file, expected a picture");
        }
        return Image.of(bytes.toByteArray());
    }
}
