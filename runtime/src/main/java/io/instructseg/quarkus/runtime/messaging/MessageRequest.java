package io.instructseg.quarkus.runtime.messaging;

import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.runtime.wire.RequestMemory;

/**
 * A message's request and its id.
 *
 * @param memory what its picture takes, to be closed at the request's end
 */
record MessageRequest(String id, SegmentationRequest request, RequestMemory memory) {
}
