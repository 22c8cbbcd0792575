package io.instructseg.quarkus.runtime.health;

import java.util.Locale;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.ModelService;
import io.instructseg.quarkus.runtime.ModelServices;
import io.instructseg.quarkus.runtime.ModelStatus;

/**
 * Ready once all active models are loaded and warm, and while no device of theirs is stuck; else it says how far they are, or
 * why there is none.
 */
@Readiness
@ApplicationScoped
public class ModelReadiness implements HealthCheck {

    @Inject
    ModelServices services;

    @Inject
    InstructSegConfig config;

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("InstructSeg model").up();
        services.all().forEach(service -> add(response, service));
        return response.build();
    }

    /** The data of a named model begins with its name. */
    private void add(HealthCheckResponseBuilder response, ModelService service) {
        String prefix = ModelNames.isDefault(service.name()) ? "" : service.name() + ".";
        ModelStatus status = service.status();
        boolean stuck = service.runningFor().compareTo(config.hungAfter()) > 0;
        if (status.state() != ModelStatus.State.READY || stuck) {
            response.down();
        }
        if (stuck) {
            response.withData(prefix + "stuck-for-seconds", service.runningFor().toSeconds());
        }
        response.withData(prefix + "model", service.location()).withData(prefix + "state",
                status.state().name().toLowerCase(Locale.ROOT));
        if (!status.reason().isEmpty()) {
            response.withData(prefix + "reason", status.reason());
        }
    }
}
