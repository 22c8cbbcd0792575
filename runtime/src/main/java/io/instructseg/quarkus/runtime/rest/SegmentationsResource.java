package io.instructseg.quarkus.runtime.rest;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.UriInfo;

import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.multipart.MultipartFormDataInput;

import io.instructseg.engine.Segmentation;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;

/**
 * The endpoint. Bodies are read and answers written on worker threads, in between none waits; a client that goes away cancels
 * its request.
 */
@Path("/instructseg/segmentations")
@Blocking
public class SegmentationsResource {

    private final InstructSeg instructSeg;
    private final InstructSegConfig config;

    SegmentationsResource(InstructSeg instructSeg, InstructSegConfig config) {
        this.instructSeg = instructSeg;
        this.config = config;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Response> json(InputStream body, @Context HttpHeaders headers) throws IOException {
        Representation representation = representation(headers);
        return answer(JsonBody.read(body, maxImageBytes()), representation);
    }

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public Uni<Response> multipart(MultipartFormDataInput form, @Context HttpHeaders headers) throws IOException {
        Representation representation = representation(headers);
        return answer(MultipartBody.read(form), representation);
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    public Uni<Response> picture(InputStream body, @Context HttpHeaders headers, @Context UriInfo uri) throws IOException {
        Representation representation = representation(headers);
        requirePicture(headers.getMediaType());
        RequestFields fields = new RequestFields();
        for (Map.Entry<String, List<String>> parameter : uri.getQueryParameters().entrySet()) {
            for (String value : parameter.getValue()) {
                fields.text(parameter.getKey(), value);
            }
        }
        byte[] picture = BoundedBytes.read(body, maxImageBytes());
        if (picture.length > 0) {
            fields.image(Image.of(picture));
        }
        return answer(fields, representation);
    }

    private static void requirePicture(MediaType type) {
        if (type != null && !type.getType().equalsIgnoreCase("image")
                && !type.isCompatible(MediaType.APPLICATION_OCTET_STREAM_TYPE)) {
            throw new ProblemException(Status.UNSUPPORTED_MEDIA_TYPE, null, "Content-Type: found " + type
                    + ", expected application/json, multipart/form-data, image/* or application/octet-stream");
        }
    }

    private long maxImageBytes() {
        return config.image().maxBytes().asLongValue();
    }

    private static Representation representation(HttpHeaders headers) {
        try {
            List<MediaType> ranges = new ArrayList<>();
            for (String header : headers.getRequestHeader(HttpHeaders.ACCEPT)) {
                for (String range : header.split(",")) {
                    ranges.add(MediaType.valueOf(range.strip()));
                }
            }
            return Representation.choose(ranges).orElseThrow(() -> new ProblemException(Status.NOT_ACCEPTABLE, null,
                    "Accept: found nothing that can be sent, expected application/json, image/png or image/png; view=overlay"));
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Status.BAD_REQUEST, null, "Accept: " + e.getMessage());
        }
    }

    private Uni<Response> answer(RequestFields fields, Representation representation) {
        SegmentationRequest request = fields.toRequest(config.task());
        if (representation.isPicture() && request.instructions().size() > 1) {
            throw ProblemException.badField(RequestFields.SENTENCES, "found " + request.instructions().size()
                    + " sentences, expected one, since Accept asks for a picture");
        }
        return instructSeg.segment(request).map(answers -> response(answers, request, representation))
                .onFailure().recoverWithItem(Problems::of);
    }

    private static Response response(List<Segmentation> answers, SegmentationRequest request, Representation representation) {
        Response.ResponseBuilder response = Response.ok().type(representation.type()).header(HttpHeaders.VARY,
                HttpHeaders.ACCEPT);
        if (!representation.isPicture()) {
            return response.entity(new JsonAnswer(answers, request.candidates())).build();
        }
        Segmentation answer = answers.get(0);
        return response.header("InstructSeg-Found", answer.found()).header("InstructSeg-Score", answer.score())
                .entity(representation == Representation.MASK ? answer.mask().toPng() : answer.overlay()).build();
    }

    @ServerExceptionMapper
    Response problem(ProblemException problem) {
        return Problems.of(problem);
    }

    @ServerExceptionMapper
    Response problem(WebApplicationException failure) {
        return Problems.of(failure, String.valueOf(failure.getMessage()));
    }
}
