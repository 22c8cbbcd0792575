package io.instructseg.quarkus.runtime.messaging;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

import jakarta.inject.Singleton;

import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.ImageReferenceException;
import io.instructseg.quarkus.ImageStore;
import io.instructseg.quarkus.Video;
import io.instructseg.quarkus.VideoRequest;
import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.instructseg.quarkus.runtime.ModelConfig;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.wire.BoundedBytes;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestMemory;
import io.smallrye.mutiny.Multi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** Reads messages, and fetches their pictures and videos: the model's thread never waits for a store. */
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
     * @throws StoreException if the store of the picture or video failed
     */
    MessageRequest read(Object payload) throws IOException {
        RequestMemory memory = new RequestMemory(config.image().maxBytes().asLongValue());
        try {
            MessageBody body = MessageBody.parse(new ByteArrayInputStream(bytes(payload)), memory);
            if (body.videoReference() != null) {
                return video(body);
            }
            if (body.imageReference() != null) {
                body.fields().image(fetch(MessageBody.IMAGE_REFERENCE, () -> picture(body.imageReference(), memory)));
            }
            return new MessageRequest.OfPicture(body.id(), body.fields().toRequest(config.task()), memory);
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

    private static <T> T fetch(String field, Callable<T> from) {
        try {
            return from.call();
        } catch (ImageReferenceException e) {
            throw RequestException.badField(field, e.getMessage());
        } catch (RequestException e) {
            throw e;
        } catch (Exception e) {
            throw new StoreException(e);
        }
    }

    private Image picture(String reference, RequestMemory memory) throws IOException {
        BoundedBytes bytes = new BoundedBytes(MessageBody.IMAGE_REFERENCE, memory.maxImageBytes(), memory);
        try (InputStream in = store.open(reference)) {
            in.transferTo(bytes);
        }
        if (bytes.size() == 0) {
            throw RequestException.badField(MessageBody.IMAGE_REFERENCE, "found an empty file, expected a picture");
        }
        return Image.of(bytes.toByteArray());
    }

    /** All else is checked before the store is asked. */
    private MessageRequest video(MessageBody body) {
        VideoRequest asked = body.videoFields().toRequest((limits, selection) -> Multi.createFrom().empty(), config.task());
        StoredVideo video = fetch(MessageBody.VIDEO_REFERENCE,
                () -> StoredVideo.fetch(store, body.videoReference(), config.video().maxBytes().asLongValue()));
        return new MessageRequest.OfVideo(body.id(), new VideoRequest(Video.of(video.file()), asked.instructions(),
                asked.threshold(), asked.selection(), asked.referenceFrames(), asked.pastOnly()), video);
    }
}
