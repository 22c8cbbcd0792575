package io.instructseg.quarkus.runtime.dev;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

import io.instructseg.engine.Candidates;
import io.instructseg.engine.Segmentation;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.instructseg.quarkus.runtime.ModelService;
import io.instructseg.quarkus.runtime.ModelServices;
import io.instructseg.quarkus.runtime.wire.JsonAnswer;
import io.instructseg.quarkus.runtime.wire.RequestFields;
import io.quarkus.arc.Arc;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/**
 * Answers what the Dev UI's page asks: a picture as body, the rest as query, with the endpoint's answer. Over HTTP, because Dev
 * UI's websocket takes messages of 256 KB at most; of its own, because a host may have no REST.
 */
public class TryHandler implements Handler<RoutingContext> {

    private static final String MODEL = "model";
    private static final String JSON = "application/json";

    @Override
    public void handle(RoutingContext context) {
        if (context.request().method() != HttpMethod.POST) {
            fail(context, 405, "expected POST");
        } else if (context.request().getHeader(HttpHeaders.CONTENT_LENGTH) == null) {
            // Quarkus has compared it with quarkus.http.limits.max-body-size
            fail(context, 411, "Content-Length: found none, expected the picture's");
        } else {
            // it may wait since Quarkus looked for changed sources
            context.request().bodyHandler(picture -> answer(context, picture)).resume();
        }
    }

    private static void answer(RoutingContext context, Buffer picture) {
        Cancellable asked = Uni.createFrom().deferred(() -> segment(context, picture)).map(TryHandler::json).subscribe()
                .with(json -> context.response().putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(json),
                        failure -> fail(context, failure));
        context.response().closeHandler(gone -> asked.cancel());
    }

    private static Uni<List<Segmentation>> segment(RoutingContext context, Buffer picture) {
        String name = context.request().getParam(MODEL);
        ModelServices services = Arc.container().instance(ModelServices.class).get();
        ModelService service = name == null ? null : services.get(name);
        if (service == null) {
            throw badField(MODEL,
                    "found '" + name + "', expected " + services.all().stream().map(ModelService::name).sorted().toList());
        }
        RequestFields fields = new RequestFields();
        fields.image(Image.of(picture.getBytes()));
        context.queryParams().forEach((field, value) -> {
            if (!field.equals(MODEL)) {
                fields.text(field, value);
            }
        });
        SegmentationRequest request = fields.toRequest(
                Arc.container().instance(InstructSegConfig.class).get().models().get(name).task());
        return service.segment(request);
    }

    private static Buffer json(List<Segmentation> answers) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try {
            new JsonAnswer(answers, Candidates.BEST, false).write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(json.toByteArray());
    }

    /** The page shows the words, whatever the status. */
    private static void fail(RoutingContext context, Throwable failure) {
        fail(context, 422, failure.getMessage() == null ? failure.toString() : failure.getMessage());
    }

    private static void fail(RoutingContext context, int status, String detail) {
        context.response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .end(new JsonObject().put("detail", detail).toBuffer());
    }
}
