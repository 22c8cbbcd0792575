package io.instructseg.quarkus.runtime.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
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

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.VideoRequest;
import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.instructseg.quarkus.runtime.ModelConfig;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.VideoFields;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.ext.web.RoutingContext;

/**
 * The endpoint for videos. What a client sends goes to a temporary file, on a worker thread; the answers are sent as they
 * come. A client that goes away cancels its request, and the file is gone with it.
 */
@Path("/instructseg/videos")
@Tag(name = "InstructSeg", description = "Instructed segmentation: the mask of what a sentence means")
public class VideosResource {

    /** As in {@link SegmentationsResource}. */
    private final Instance<InstructSeg> instructSeg;
    private final ModelConfig config;

    VideosResource(Instance<InstructSeg> instructSeg, InstructSegConfig config) {
        this.instructSeg = instructSeg;
        this.config = config.models().get(ModelNames.DEFAULT);
    }

    // @formatter:off (which would make one line of each annotation)
    @POST
    @Blocking
    @Operation(operationId = "instructsegSegmentVideo", summary = "Segments what sentences mean in a video",
            description = "Gives the mask of what each sentence means in each frame, with its score: a line or an event for"
                    + " each frame while they are computed, and at the end a summary, or the problem that ended the video"
                    + " early.")
    @Parameter(name = "sentences", in = ParameterIn.QUERY, description = "With a video as body: see InstructSegVideoForm",
            example = "the dog", schema = @Schema(type = SchemaType.ARRAY, implementation = String.class))
    @Parameter(name = "task", in = ParameterIn.QUERY, description = "With a video as body: see InstructSegVideoForm",
            schema = @Schema(type = SchemaType.STRING, enumeration = { "referring", "reasoning" }))
    @Parameter(name = "threshold", in = ParameterIn.QUERY, description = "With a video as body: see InstructSegVideoForm",
            schema = @Schema(type = SchemaType.NUMBER, minimum = "0", maximum = "1"))
    @Parameter(name = "start", in = ParameterIn.QUERY, description = "With a video as body: see InstructSegVideoForm",
            schema = @Schema(type = SchemaType.NUMBER, minimum = "0"))
    @Parameter(name = "end", in = ParameterIn.QUERY, description = "With a video as body: see InstructSegVideoForm",
            schema = @Schema(type = SchemaType.NUMBER, minimum = "0"))
    @Parameter(name = "stride", in = ParameterIn.QUERY, description = "With a video as body: see InstructSegVideoForm",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1"))
    @Parameter(name = "every", in = ParameterIn.QUERY, description = "With a video as body: see InstructSegVideoForm",
            schema = @Schema(type = SchemaType.NUMBER, minimum = "0"))
    @Parameter(name = "frames", in = ParameterIn.QUERY, description = "With a video as body: see InstructSegVideoForm",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1"))
    @Parameter(name = "references", in = ParameterIn.QUERY, description = "With a video as body: see InstructSegVideoForm",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "0", maximum = "64"))
    @Parameter(name = "causal", in = ParameterIn.QUERY, description = "With a video as body: see InstructSegVideoForm",
            schema = @Schema(type = SchemaType.BOOLEAN))
    @RequestBody(required = true, description = "A video's file and sentences, or the file with the rest as query",
            content = {
            @Content(mediaType = "multipart/form-data", schema = @Schema(implementation = OpenApi.VideoForm.class),
                    examples = @ExampleObject(name = "one sentence", value = OpenApi.VIDEO_FORM)),
            @Content(mediaType = "video/*", schema = @Schema(type = SchemaType.STRING, format = "binary"),
                    examples = @ExampleObject(name = "a file", value = "the bytes of dog.mp4")),
            @Content(mediaType = "application/octet-stream", schema = @Schema(type = SchemaType.STRING, format = "binary"),
                    examples = @ExampleObject(name = "a file", value = "the bytes of dog.mp4")) })
    @APIResponse(responseCode = "200", description = "The answers, also if nothing was found", content = {
            @Content(mediaType = "application/x-ndjson", schema = @Schema(description = "Of each line", anyOf = {
                    OpenApi.FrameOf.class, OpenApi.VideoSummary.class, OpenApi.Problem.class }),
                    examples = { @ExampleObject(name = "a frame", value = OpenApi.FRAME),
                            @ExampleObject(name = "the end", value = OpenApi.SUMMARY),
                            @ExampleObject(name = "the end of a broken video", value = OpenApi.BROKEN) }),
            @Content(mediaType = "text/event-stream", schema = @Schema(type = SchemaType.STRING, description =
                    "Events frame, summary and problem, with the data that are lines of application/x-ndjson"),
                    examples = @ExampleObject(name = "one frame", value = OpenApi.EVENTS)) })
    @APIResponse(responseCode = "400", description = "A field is missing, unknown or wrong, or the body is malformed",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "no sentence", value = OpenApi.BAD_REQUEST)))
    @APIResponse(responseCode = "406", description = "Accept asks for what can't be sent",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "a page", value = OpenApi.VIDEO_NOT_ACCEPTABLE)))
    @APIResponse(responseCode = "413", description = "The video has too many bytes, frames, seconds or pixels",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "too long", value = OpenApi.VIDEO_TOO_LARGE)))
    @APIResponse(responseCode = "415", description = "The body's type, or the video's format or codec is not supported",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "a document", value = OpenApi.VIDEO_UNSUPPORTED)))
    @APIResponse(responseCode = "422", description = "The video is damaged before its first frame",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "damaged", value = OpenApi.VIDEO_DAMAGED)))
    @APIResponse(responseCode = "500", description = "The model failed",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "a stage", value = OpenApi.FAILED)))
    @APIResponse(responseCode = "503", description = "Too many videos are being sent or segmented already, or there is no model",
            headers = @Header(name = HttpHeaders.RETRY_AFTER, description = "In seconds",
            schema = @Schema(type = SchemaType.INTEGER)),
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "busy", value = OpenApi.BUSY)))
    @APIResponse(responseCode = "504", description = "The model did not answer in time",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "late", value = OpenApi.LATE)))
    // @formatter:on
    public Uni<Response> segment(InputStream body, @Context HttpHeaders headers, @Context UriInfo uri,
            @Context RoutingContext http) throws IOException {
        return RequestBodies.read(body, () -> read(body, headers, uri, http));
    }

    private Uni<Response> read(InputStream body, HttpHeaders headers, UriInfo uri, RoutingContext http) throws IOException {
        FrameFormat format = FrameFormat.choose(headers);
        Upload upload = null;
        try {
            upload = new Upload(VideoFields.VIDEO, config.video().maxBytes().asLongValue());
            VideoForm form = new VideoForm(upload);
            RequestReader.video(body, headers, uri, form);
            return answer(form.toRequest(config.task()), format, upload, http);
        } catch (UncheckedIOException e) {
            delete(upload);
            return Uni.createFrom().item(Problems.of(e));
        } catch (IOException | RuntimeException | Error e) {
            delete(upload);
            throw e;
        }
    }

    private static void delete(Upload upload) {
        if (upload != null) {
            upload.delete();
        }
    }

    private Uni<Response> answer(VideoRequest request, FrameFormat format, Upload upload, RoutingContext http) {
        Multi<FrameSegmentation> frames = Multi.createFrom().deferred(() -> instructSeg.get().segment(request))
                .onTermination().invoke(upload::delete);
        StreamedResponse stream = new StreamedResponse(format.type());
        // also where the host replaces the response before it is sent
        http.addEndHandler(ended -> {
            stream.cancel();
            Infrastructure.getDefaultWorkerPool().execute(upload::delete);
        });
        return stream.start(format.format(frames));
    }

    @ServerExceptionMapper({ ProblemException.class, RequestException.class, WebApplicationException.class,
            IOException.class })
    public Response problem(Exception failure) {
        return Problems.ofRequest(failure);
    }
}
