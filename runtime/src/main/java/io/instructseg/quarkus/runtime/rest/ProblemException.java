package io.instructseg.quarkus.runtime.rest;

import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.Response.StatusType;

/**
 * A request that gets no segmentation: the status, what is wrong, and in which field, null if it is in none. Public only for
 * the code that Quarkus generates.
 */
public class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** RFC 9110, which Jakarta REST does not know yet. */
    static final StatusType UNPROCESSABLE_CONTENT = new StatusType() {

        @Override
        public int getStatusCode() {
            return 422;
        }

        @Override
        public Status.Family getFamily() {
            return Status.Family.CLIENT_ERROR;
        }

        @Override
        public String getReasonPhrase() {
            return "Unprocessable Content";
        }
    };

    private final transient StatusType status;
    private final String field;

    ProblemException(StatusType status, String field, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.field = field;
    }

    StatusType status() {
        return status;
    }

    String field() {
        return field;
    }
}
