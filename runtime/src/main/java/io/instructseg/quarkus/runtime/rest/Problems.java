package io.instructseg.quarkus.runtime.rest;

import static io.instructseg.quarkus.runtime.rest.RestLog.LOG;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.Response.StatusType;

import com.fasterxml.jackson.core.JsonGenerator;

import io.instructseg.engine.ConversationException;
import io.instructseg.engine.InstructionException;
import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.session.StageException;
import io.instructseg.engine.video.VideoException;
import io.instructseg.quarkus.DeadlineExceededException;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.QueueFullException;
import io.instructseg.quarkus.WordlessModelException;
import io.instructseg.quarkus.runtime.wire.Json;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestFields;
import io.instructseg.quarkus.runtime.wire.VideoFields;
import io.quarkus.arc.InactiveBeanException;

/** Failures as problem details (RFC 9457). */
final class Problems {

    static final String MEDIA_TYPE = "application/problem+json";

    private Problems() {
    }

    /** What went wrong in the bean; what is the service's own fault goes to the log, and only its kind to the client. */
    static Response of(Throwable failure) {
        if (failure instanceof ImageException image) {
            return of(new ProblemException(status(image), RequestFields.IMAGE, RequestException.of(image).getMessage()));
        }
        if (failure instanceof VideoException video) {
            return of(new ProblemException(status(video), VideoFields.VIDEO, RequestException.of(video).getMessage()));
        }
        if (failure instanceof InstructionException instruction) {
            return of(RequestException.of(instruction));
        }
        if (failure instanceof ConversationException conversation) {
            return of(RequestException.of(conversation));
        }
        if (failure instanceof WordlessModelException) {
            return of(new ProblemException(Status.NOT_IMPLEMENTED, null, "the model has no words"));
        }
        if (failure instanceof QueueFullException full) {
            return unavailable("too many requests wait for the model already, or too many videos are segmented",
                    full.retryAfter());
        }
        if (failure instanceof DeadlineExceededException) {
            return of(new ProblemException(Status.GATEWAY_TIMEOUT, null, "the model did not answer in time"));
        }
        if (failure instanceof ModelUnavailableException || failure instanceof InactiveBeanException) {
            return unavailable("there is no model to ask: none is active, it could not be loaded, or the service is shutting"
                    + " down", Duration.ZERO);
        }
        LOG.failed(failure);
        return of(new ProblemException(Status.INTERNAL_SERVER_ERROR, null, serverError(failure)));
    }

    private static StatusType status(ImageException failure) {
        return switch (failure.kind()) {
            case TOO_LARGE -> Status.REQUEST_ENTITY_TOO_LARGE;
            case UNSUPPORTED -> Status.UNSUPPORTED_MEDIA_TYPE;
            case DAMAGED -> ProblemException.UNPROCESSABLE_CONTENT;
        };
    }

    private static StatusType status(VideoException failure) {
        return switch (failure.kind()) {
            case TOO_LARGE -> Status.REQUEST_ENTITY_TOO_LARGE;
            case UNSUPPORTED -> Status.UNSUPPORTED_MEDIA_TYPE;
            case DAMAGED -> ProblemException.UNPROCESSABLE_CONTENT;
        };
    }

    private static String serverError(Throwable failure) {
        if (failure instanceof StageException stage) {
            return "stage " + stage.signature().key() + " of the model failed";
        }
        return failure instanceof OutOfMemoryError ? "the service has not enough memory for this request"
                : "the service failed";
    }

    /** @param retryAfter rounded up to whole seconds, at least one */
    private static Response unavailable(String detail, Duration retryAfter) {
        return of(new ProblemException(Status.SERVICE_UNAVAILABLE, null, detail), retryAfter);
    }

    static Response of(RequestException problem) {
        Status status = switch (problem.kind()) {
            case WRONG -> Status.BAD_REQUEST;
            case TOO_LARGE -> Status.REQUEST_ENTITY_TOO_LARGE;
            case LATER -> Status.SERVICE_UNAVAILABLE;
        };
        return of(new ProblemException(status, problem.field(), problem.getMessage()));
    }

    static Response of(ProblemException problem) {
        return of(problem, Duration.ZERO);
    }

    private static Response of(ProblemException problem, Duration retryAfter) {
        Response.ResponseBuilder response = Response.status(problem.status()).type(MEDIA_TYPE)
                .entity(body(problem.status(), problem.field(), problem.getMessage()));
        if (problem.status() == Status.SERVICE_UNAVAILABLE) {
            response.header(HttpHeaders.RETRY_AFTER, Math.max(1, retryAfter.plusMillis(999).toSeconds()));
        }
        return response.build();
    }

    /** What went wrong before the bean was asked. */
    static Response ofRequest(Exception failure) {
        if (failure instanceof ProblemException problem) {
            return of(problem);
        }
        if (failure instanceof RequestException problem) {
            return of(problem);
        }
        return failure instanceof WebApplicationException known ? of(known)
                // the body ended early, or took too long
                : of(new RequestException(null, "the body could not be read to its end"));
    }

    /** An error that Quarkus REST or a host's filter found: without a body it gets one. */
    static Response of(WebApplicationException failure) {
        Response response = failure.getResponse();
        if (response.getStatus() < Status.BAD_REQUEST.getStatusCode() || response.hasEntity()) {
            return response;
        }
        return Response.fromResponse(response).type(MEDIA_TYPE)
                .entity(body(response.getStatusInfo(), null, response.getStatusInfo().getReasonPhrase())).build();
    }

    private static byte[] body(StatusType status, String field, String detail) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("status", status.getStatusCode());
            json.writeStringField("title", status.getReasonPhrase());
            json.writeStringField("detail", detail);
            if (field != null) {
                json.writeStringField("field", field);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
