package io.instructseg.quarkus.runtime;

import java.util.function.Function;

import io.instructseg.quarkus.InstructSeg;
import io.quarkus.arc.SyntheticCreationalContext;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.RuntimeValue;
import io.quarkus.runtime.annotations.Recorder;

/** Makes the bean when the application starts. */
@Recorder
public class InstructSegRecorder {

    private final RuntimeValue<InstructSegConfig> config;

    public InstructSegRecorder(RuntimeValue<InstructSegConfig> config) {
        this.config = config;
    }

    public Function<SyntheticCreationalContext<ModelService>, ModelService> service() {
        return context -> {
            Settings settings = Settings.of(config.getValue());
            ModelLocation location = ModelLocation.of(config.getValue().model());
            return new ModelService(new ModelLoader(location, LaunchMode.current() != LaunchMode.NORMAL), settings);
        };
    }

    public Function<SyntheticCreationalContext<InstructSeg>, InstructSeg> instructSeg() {
        return context -> context.getInjectedReference(ModelService.class);
    }
}
