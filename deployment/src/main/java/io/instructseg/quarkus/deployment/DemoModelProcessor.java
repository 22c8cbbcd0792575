package io.instructseg.quarkus.deployment;

import java.io.IOException;
import java.nio.file.Path;

import org.eclipse.microprofile.config.ConfigProvider;

import io.instructseg.demo.DemoModel;
import io.quarkus.deployment.IsProduction;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.builditem.RunTimeConfigurationDefaultBuildItem;
import io.quarkus.deployment.pkg.builditem.OutputTargetBuildItem;

/** A model to begin with, in dev and test mode only. */
class DemoModelProcessor {

    private static final String PROPERTY = "quarkus.instructseg.model";

    @BuildStep(onlyIfNot = IsProduction.class)
    void demoModel(OutputTargetBuildItem target, BuildProducer<RunTimeConfigurationDefaultBuildItem> defaults)
            throws IOException {
        if (ConfigProvider.getConfig().getOptionalValue(PROPERTY, String.class).isPresent()) {
            return;
        }
        Path directory = target.getOutputDirectory().resolve("instructseg-demo-model");
        DemoModel.extractTo(directory);
        defaults.produce(new RunTimeConfigurationDefaultBuildItem(PROPERTY, directory.toString()));
    }
}
