package io.instructseg.quarkus.runtime.health;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.instructseg.quarkus.runtime.ModelServices;

/** Alive while no request takes longer than the configured time: a step of TensorFlow that hangs can't be stopped. */
@Liveness
@ApplicationScoped
public class DeviceLiveness implements HealthCheck {

    @Inject
    ModelServices services;

    @Inject
    InstructSegConfig config;

    @Override
    public HealthCheckResponse call() {
        Duration running = services.runningFor();
        return HealthCheckResponse.named("InstructSeg device").status(running.compareTo(config.hungAfter()) <= 0)
                .withData("running-for-seconds", running.toSeconds()).build();
    }
}
