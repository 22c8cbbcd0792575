package io.instructseg.quarkus.runtime.rest;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

import io.instructseg.engine.GenerationOptions;
import io.instructseg.quarkus.Answer;
import io.instructseg.quarkus.AnswerPart;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.instructseg.quarkus.runtime.ModelConfig;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.wire.AnswerFields;
import io.instructseg.quarkus.runtime.wire.JsonText;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestMemory;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;

/** The endpoint for answers in words: as a whole, or piece by piece while they are made. */
@Path("/instructseg/answers")
@Tag(name = "InstructSeg", description = "Instructed segmentation: the mask of what a sentence means")
public class AnswersResource {

    private static final MediaType EVENTS = FrameFormat.EVENTS.type();

    /** As in {@link SegmentationsResource}. */
    private final Instance<InstructSeg> instructSeg;
    private final ModelConfig config;

    AnswersResource(Instance<InstructSeg> instructSeg, InstructSegConfig config) {
        this.instructSeg = instructSeg;
        this.config = config.models().get(ModelNames.DEFAULT);
    }

    // @formatter:off (which would make one line of each annotation)
    @POST
    @Blocking
    @Operation(operationId = "instructsegAnswer", summary = "Answers a question in words",
            description = "Answers a question about a picture, or about none, in words: as a whole, or as events while they are"
                    + " made, with an event at the end that says why it ended, or the problem that ended it early.")
    @RequestBody(required = true, description = "A question, what was asked and answered before, and maybe a picture",
            content = {
            @Content(mediaType = "application/json", schema = @Schema(implementation = OpenApi.QuestionRequest.class),
                    examples = @ExampleObject(name = "a second question", value = OpenApi.QUESTION)),
            @Content(mediaType = "multipart/form-data", schema = @Schema(implementation = OpenApi.QuestionForm.class),
                    examples = @ExampleObject(name = "a question", value = OpenApi.QUESTION_FORM)) })
    @APIResponse(responseCode = "200", description = "The answer", content = {
            @Content(mediaType = "application/json", schema = @Schema(implementation = OpenApi.TextAnswer.class),
                    examples = @ExampleObject(name = "an answer", value = OpenApi.TEXT_ANSWER)),
            @Content(mediaType = "text/event-stream", schema = @Schema(type = SchemaType.STRING, description =
                    "Events text, whose data has the next piece as text; summary, with the rest of what"
                    + " application/json has; and problem, with an InstructSegProblem, in its place"),
                    examples = @ExampleObject(name = "an answer", value = OpenApi.TEXT_EVENTS)) })
    @APIResponse(responseCode = "400", description = "A field is missing, unknown or wrong, or the body is malformed",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "no question", value = OpenApi.NO_QUESTION)))
    @APIResponse(responseCode = "406", description = "Accept asks for what can't be sent",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "a page", value = OpenApi.ANSWER_NOT_ACCEPTABLE)))
    @APIResponse(responseCode = "413", description = "The picture has too many bytes or pixels",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "too many pixels", value = OpenApi.TOO_LARGE)))
    @APIResponse(responseCode = "415", description = "The body's type or the picture's format is not supported",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "a document", value = OpenApi.UNSUPPORTED)))
    @APIResponse(responseCode = "422", description = "The picture is damaged",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "damaged", value = OpenApi.DAMAGED)))
    @APIResponse(responseCode = "500", description = "The model failed",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "a stage", value = OpenApi.FAILED)))
    @APIResponse(responseCode = "501", description = "The model has no words",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "no words", value = OpenApi.WORDLESS)))
    @APIResponse(responseCode = "503", description = "Too many requests are being sent or wait already, or there is no model",
            headers = @Header(name = HttpHeaders.RETRY_AFTER, description = "In seconds",
            schema = @Schema(type = SchemaType.INTEGER)),
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "busy", value = OpenApi.BUSY)))
    @APIResponse(responseCode = "504", description = "The model did not answer in time",
            content = @Content(mediaType = Problems.MEDIA_TYPE, schema = @Schema(implementation = OpenApi.Problem.class),
            examples = @ExampleObject(name = "late", value = OpenApi.LATE)))
    // @formatter:on
    public Uni<Response> answer(InputStream body, @Context HttpHeaders headers, @Context UriInfo uri,
            @Context RoutingContext http) throws IOException {
        return RequestBodies.read(body, () -> read(body, headers, uri, http));
    }

    private Uni<Response> read(InputStream body, HttpHeaders headers, UriInfo uri, RoutingContext http) throws IOException {
        RequestMemory memory = new RequestMemory(config.image().maxBytes().asLongValue());
        try {
            MediaType type = Accept.of(headers).choose(List.of(MediaType.APPLICATION_JSON_TYPE, EVENTS),
                    MediaType::isCompatible, MediaType.APPLICATION_JSON + " or " + EVENTS);
            AnswerFields fields = new AnswerFields(config.answers().maxTokens());
            RequestReader.question(body, headers, uri, fields, memory);
            Question question = fields.toQuestion();
            return type == EVENTS ? events(question, memory, http)
                    : whole(question).onTermination().invoke(memory::close);
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    private Uni<Response> whole(Question question) {
        return Uni.createFrom().deferred(() -> instructSeg.get().answer(question)).map(AnswersResource::response).onFailure()
                .recoverWithItem(Problems::of);
    }

    private static Response response(Answer answer) {
        return Response.ok(JsonText.whole(answer), MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT).build();
    }

    private Uni<Response> events(Question question, RequestMemory memory, RoutingContext http) {
        // what is sent must not hold the picture, whose memory is free once the answer is made
        AtomicReference<Question> once = new AtomicReference<>(question);
        Multi<byte[]> events = Multi.createFrom().deferred(() -> instructSeg.get().stream(once.getAndSet(null)))
                .onTermination().invoke(memory::close).map(AnswersResource::event);
        StreamedResponse stream = new StreamedResponse(EVENTS);
        // also where the host replaces the response before it is sent
        http.addEndHandler(ended -> {
            stream.cancel();
            memory.close();
        });
        return stream.start(FrameFormat.EVENTS.toldOfProblems(events)
                // so that a client which doesn't read keeps no place: an answer has no more pieces, and one event behind them
                .onOverflow().buffer(GenerationOptions.MOST_TOKENS + 1));
    }

    private static byte[] event(AnswerPart part) {
        return part.end().map(end -> FrameFormat.EVENTS.format("summary", JsonText.end(end)))
                .orElseGet(() -> FrameFormat.EVENTS.format("text", JsonText.piece(part.text())));
    }

    @ServerExceptionMapper({ ProblemException.class, RequestException.class, WebApplicationException.class,
            IOException.class })
    public Response problem(Exception failure) {
        return Problems.ofRequest(failure);
    }
}
