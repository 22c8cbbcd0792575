package io.instructseg.quarkus.runtime.health;

import java.util.Locale;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

import io.instructseg.quarkus.runtime.ModelService;
import io.instructseg.quarkus.runtime.ModelStatus;

/** Ready once the model is loaded and warm; else it says how far it is, or why there is none. */
@Readiness
@ApplicationScoped
public class ModelReadiness implements HealthCheck {

    @Inject
    ModelService service;

    @Override
    public HealthCheckResponse call() {
        ModelStatus status = service.status();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("InstructSeg model")
                .status(status.state() == ModelStatus.State.READY)
                .withData("model", service.location())
                .withData("state", status.state().name().toLowerCase(Locale.ROOT));
        if (!status.reason().isEmpty()) {
            response.withData("reason", status.reason());
        }
        return response.build();
    }
}
