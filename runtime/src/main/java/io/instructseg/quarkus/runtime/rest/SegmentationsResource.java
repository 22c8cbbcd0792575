package io.instructseg.quarkus.runtime.rest;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

import io.instructseg.engine.Segmentation;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.instructseg.quarkus.runtime.ModelConfig;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.wire.JsonAnswer;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestFields;
import io.instructseg.quarkus.runtime.wire.RequestMemory;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;

/**
 * The endpoint. Bodies are read and answers are written on worker threads, in between none waits; a client that goes away
 * cancels its request.
 * <p>
 * One method for all media types: what Quarkus REST would answer to a foreign one would be no problem detail.
 */
@Path("/instructseg/segmentations")
@Tag(name = "InstructSeg", description = "Instructed segmentation: the mask of what a sentence means")
public class SegmentationsResource {

    static final String FOUND = "InstructSeg-Found";
    static final String SCORE = "InstructSeg-Score";

    /** Looked up for each request: a host may have named models only, and then the default one is inactive. */
    private final Instance<InstructSeg> instructSeg;
    private final ModelConfig config;

    SegmentationsResource(Instance<InstructSeg> instructSeg, InstructSegConfig config) {
        this.instructSeg = instructSeg;
        this.config = config.models().get(ModelNames.DEFAULT);
    }

    // @formatter:off (which would make one line of each annotation)
    @POST
    @Blocking
    @Operation(operationId = "instructsegSegment", summary = "Segments what sentences mean",
            description = "Gives the mask of what each sentence means in a picture, with its score. A mask or an"
                    + " overlay as PNG (Accept: image/png, or image/png; view=overlay) is the answer to one sentence.")
    @Parameter(name = "sentences", in = ParameterIn.QUERY, description = "With a picture as body: see InstructSegRequest",
            example = "the dog", schema = @Schema(type = SchemaType.ARRAY, implementation = String.class))
    @Parameter(name = "task", in = ParameterIn.QUERY, description = "With a picture as body: see InstructSegRequest",
            schema = @Schema(type = SchemaType.STRING, enumeration = { "referring", "reasoning" }))
    @Parameter(name = "candidates", in = ParameterIn.QUERY, description = "With a picture as body: see InstructSegRequest",
            schema = @Schema(type = SchemaType.STRING, enumeration = { "best", "all" }))
    @Parameter(name = "threshold", in = ParameterIn.QUERY, description = "With a picture as body: see InstructSegRequest",
            schema = @Schema(type = SchemaType.NUMBER, minimum = "0", maximum = "1"))
    @Parameter(name = "explanation", in = ParameterIn.QUERY, description = "With a picture as body: see InstructSegRequest",
            schema = @Schema(type = SchemaType.BOOLEAN))
    @RequestBody(required = true, description = "A picture and sentences, or a picture's file with the rest as query",
            content = {
            @Content(mediaType = "application/json", schema = @Schema(implementation = OpenApi.Request.class),
                    examples = @ExampleObject(name = "two sentences", value = OpenApi.REQUEST)),
            @Content(mediaType = "multipart/form-data", schema = @Schema(implementation = OpenApi.Form.class),
                    examples = @ExampleObject(name = "one sentence", value = OpenApi.FORM)),
            @Content(mediaType = "image/*", schema = @Schema(type = SchemaType.STRING, format = "binary"),
                    examples = @ExampleObject(name = "a file", value = "the bytes of dog.jpg")),
            @Content(mediaType = "application/octet-stream", schema = @Schema(type = SchemaType.STRING, format = "binary"),
                    examples = @ExampleObject(name = "a file", value = "the bytes of dog.jpg")) })
    @APIResponse(responseCode = "200", description = "The answers, also if nothing was found", headers = {
            @Header(name = SegmentationsResource.FOUND, description = "Of a PNG: whether the score reaches the threshold",
                    schema = @Schema(type = SchemaType.BOOLEAN)),
            @Header(name = SegmentationsResource.SCORE, description = "Of a PNG: the best candidate's score",
                    schema = @Schema(type = SchemaType.NUMBER)) }, content = {
                    @Content(mediaType = "application/json", schema = @Schema(implementation = OpenApi.Answer.class),
                            examples = @ExampleObject(name = "one sentence", value = OpenApi.ANSWER)),
                    @Content(mediaType = "image/png", schema = @Schema(type = SchemaType.STRING, format = "binary",
                            description = "The mask, 8-bit gray: 255 inside, 0 outside")),
                    @Content(mediaType = "image/png; view=overlay", schema = @Schema(type = SchemaType.STRING,
                            format = "binary", description = "The picture with the mask painted over it")) })
    @APIResponse(responseCode = "400", description = "A field is missing, unknown or wrong, or the body is malformed",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "no sentence", value = OpenApi.BAD_REQUEST)))
    @APIResponse(responseCode = "406", description = "Accept asks for what can't be sent",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "a page", value = OpenApi.NOT_ACCEPTABLE)))
    @APIResponse(responseCode = "413", description = "The picture has too many bytes or pixels",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "too many pixels", value = OpenApi.TOO_LARGE)))
    @APIResponse(responseCode = "415", description = "The body's type or the picture's format is not supported",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "a document", value = OpenApi.UNSUPPORTED)))
    @APIResponse(responseCode = "422", description = "The picture is damaged",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "damaged", value = OpenApi.DAMAGED)))
    @APIResponse(responseCode = "500", description = "The model failed", content = @Content(mediaType = Problems.MEDIA_TYPE,
            schema = @Schema(implementation = OpenApi.Problem.class), examples = @ExampleObject(name = "a stage",
            value = OpenApi.FAILED)))
    @APIResponse(responseCode = "501", description = "An explanation is asked for, and the model has no words",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "no words", value = OpenApi.WORDLESS)))
    @APIResponse(responseCode = "503", description = "Too many requests are being sent or wait already, or there is no model",
            headers = @Header(name = HttpHeaders.RETRY_AFTER, description = "In seconds",
            schema = @Schema(type = SchemaType.INTEGER)), content = @Content(mediaType = Problems.MEDIA_TYPE,
            schema = @Schema(implementation = OpenApi.Problem.class), examples = @ExampleObject(name = "busy",
            value = OpenApi.BUSY)))
    @APIResponse(responseCode = "504", description = "The model did not answer in time",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "late", value = OpenApi.LATE)))
    // @formatter:on
    public Uni<Response> segment(InputStream body, @Context HttpHeaders headers, @Context UriInfo uri) throws IOException {
        return RequestBodies.read(body, () -> read(body, headers, uri));
    }

    private Uni<Response> read(InputStream body, HttpHeaders headers, UriInfo uri) throws IOException {
        RequestMemory memory = new RequestMemory(config.image().maxBytes().asLongValue());
        try {
            Representation representation = Representation.choose(headers);
            RequestFields fields = RequestReader.picture(body, headers, uri, memory);
            SegmentationRequest request = fields.toRequest(config.task());
            representation.check(request);
            return answer(request, representation).onTermination().invoke(memory::close);
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    private Uni<Response> answer(SegmentationRequest request, Representation representation) {
        return Uni.createFrom().deferred(() -> instructSeg.get().segment(request))
                .map(answers -> response(answers, request, representation)).onFailure()
                .recoverWithItem(Problems::of);
    }

    private static Response response(List<Segmentation> answers, SegmentationRequest request, Representation representation) {
        Response.ResponseBuilder response = Response.ok().type(representation.type()).header(HttpHeaders.VARY,
                HttpHeaders.ACCEPT);
        if (representation == Representation.JSON) {
            StreamingOutput json = new JsonAnswer(answers, request.candidates(), request.explanation())::write;
            return response.entity(json).build();
        }
        Segmentation answer = answers.get(0);
        return response.header(FOUND, answer.found()).header(SCORE, answer.score())
                .entity(representation == Representation.MASK ? answer.mask().toPng() : answer.overlay()).build();
    }

    @ServerExceptionMapper({ ProblemException.class, RequestException.class, WebApplicationException.class,
            IOException.class })
    public Response problem(Exception failure) {
        return Problems.ofRequest(failure);
    }
}
