package io.instructseg.quarkus.runtime.messaging;

import java.util.Set;

import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Outgoing;

import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.ModelService;
import io.instructseg.quarkus.runtime.ModelServices;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/**
 * Answers the messages of one channel on another. Messages wait in the broker until the model is warm, and then one more of
 * them than the model has replicas is in flight: it is read while the others run. So no device idles, and requests of beans and
 * of the endpoint wait for few messages. A video is in flight until its last frame is answered. A model that can't be loaded
 * takes no messages: other members of the consumer group do.
 */
public class SegmentationConsumer {

    static final String REQUESTS = "instructseg-requests";
    static final String RESULTS = "instructseg-results";

    private final ModelService model;
    private final MessageAnswers answers;

    SegmentationConsumer(ModelServices models, MessageAnswers answers) {
        this.model = active(models.get(ModelNames.DEFAULT));
        this.answers = answers;
    }

    /** @param model null if it is not active */
    static ModelService active(ModelService model) {
        if (model == null) {
            String property = ModelNames.property(ModelNames.DEFAULT, "model");
            throw new ConfigurationException(property + " is not set, or " + ModelNames.property(ModelNames.DEFAULT, "active")
                    + " is false, but messages are for the default model: expected both, or an application that is built with"
                    + " quarkus.instructseg.messaging.enabled=false", Set.of(property));
        }
        return model;
    }

    /** The last result of a request has its acknowledgement: that follows when the broker has the result. */
    @Incoming(REQUESTS)
    @Outgoing(RESULTS)
    public Multi<Message<byte[]>> segment(Multi<Message<byte[]>> requests) {
        return model.ready().onFailure().recoverWithUni(Uni.createFrom().nothing())
                .onItem()
                .transformToMulti(warm -> requests.onItem().transformToMulti(answers::answer).merge(model.replicas() + 1));
    }
}
