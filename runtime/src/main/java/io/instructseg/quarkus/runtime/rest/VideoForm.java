package io.instructseg.quarkus.runtime.rest;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.io.OutputStream;

import io.instructseg.engine.text.Task;
import io.instructseg.quarkus.Video;
import io.instructseg.quarkus.VideoRequest;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.VideoFields;

/** A video, which goes to a temporary file. */
final class VideoForm implements Form {

    private final VideoFields fields = new VideoFields();
    private final Upload upload;
    private boolean opened;
    private boolean received;

    VideoForm(Upload upload) {
        this.upload = upload;
    }

    @Override
    public VideoFields fields() {
        return fields;
    }

    @Override
    public String file() {
        return VideoFields.VIDEO;
    }

    @Override
    public OutputStream open() {
        if (opened) {
            throw badField(file(), "found more than one value, expected one");
        }
        opened = true;
        return upload;
    }

    @Override
    public void received() {
        upload.close();
        received = true;
    }

    /**
     * The request.
     *
     * @param defaultTask of a request that names none
     * @throws RequestException if something is missing, or fields contradict each other
     */
    VideoRequest toRequest(Task defaultTask) {
        if (!received) {
            throw badField(file(), "found none, expected a video's file");
        }
        return fields.toRequest(Video.of(upload.file()), defaultTask);
    }
}
