package io.instructseg.quarkus.runtime.health;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

import io.instructseg.quarkus.runtime.ModelServices;

/** Started once no model loads or warms up any more, with whatever success: readiness tells about that. */
@Startup
@ApplicationScoped
public class ModelStartup implements HealthCheck {

    @Inject
    ModelServices services;

    @Override
    public HealthCheckResponse call() {
        boolean started = services.all().stream().noneMatch(service -> service.status().isStarting());
        return HealthCheckResponse.named("InstructSeg start").status(started).build();
    }
}
