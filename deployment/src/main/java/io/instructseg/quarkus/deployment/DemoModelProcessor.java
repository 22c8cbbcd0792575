package io.instructseg.quarkus.deployment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

import io.instructseg.demo.DemoModel;
import io.instructseg.quarkus.runtime.ModelNames;
import io.quarkus.deployment.IsProduction;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.builditem.RunTimeConfigurationDefaultBuildItem;
import io.quarkus.deployment.pkg.builditem.OutputTargetBuildItem;

/** A model to begin with, in dev and test mode only. */
class DemoModelProcessor {

    private static final String MODEL = "model";

    @BuildStep(onlyIfNot = IsProduction.class)
    void demoModel(ModelNamesBuildItem names, OutputTargetBuildItem target,
            BuildProducer<RunTimeConfigurationDefaultBuildItem> defaults) throws IOException {
        Config config = ConfigProvider.getConfig();
        List<String> unset = names.names().stream().map(name -> ModelNames.property(name, MODEL))
                .filter(property -> config.getOptionalValue(property, String.class).isEmpty()).toList();
        if (unset.isEmpty()) {
            return;
        }
        Path directory = target.getOutputDirectory().resolve("instructseg-demo-model");
        DemoModel.extractTo(directory);
        unset.forEach(property -> defaults
                .produce(new RunTimeConfigurationDefaultBuildItem(property, directory.toString())));
    }
}
