package io.instructseg.quarkus.runtime.messaging;

import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.VideoRequest;
import io.instructseg.quarkus.runtime.wire.RequestMemory;

/** What a message asks; to be closed at the request's end. */
sealed interface MessageRequest extends AutoCloseable {

    String id();

    @Override
    void close();

    /** @param memory what the picture takes */
    record OfPicture(String id, SegmentationRequest request, RequestMemory memory) implements MessageRequest {

        @Override
        public void close() {
            memory.close();
        }
    }

    /** @param file where the video is read from */
    record OfVideo(String id, VideoRequest request, StoredVideo file) implements MessageRequest {

        @Override
        public void close() {
            file.close();
        }
    }
}
