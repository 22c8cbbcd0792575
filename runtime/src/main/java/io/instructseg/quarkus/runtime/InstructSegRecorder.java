package io.instructseg.quarkus.runtime;

import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import io.instructseg.quarkus.InstructSeg;
import io.quarkus.arc.ActiveResult;
import io.quarkus.arc.Arc;
import io.quarkus.arc.InstanceHandle;
import io.quarkus.arc.SyntheticCreationalContext;
import io.quarkus.runtime.RuntimeValue;
import io.quarkus.runtime.annotations.Recorder;

/** Makes the beans when the application starts. */
@Recorder
public class InstructSegRecorder {

    private final RuntimeValue<InstructSegConfig> config;

    public InstructSegRecorder(RuntimeValue<InstructSegConfig> config) {
        this.config = config;
    }

    /** @param names the models that the application injects */
    public Function<SyntheticCreationalContext<ModelServices>, ModelServices> services(Set<String> names) {
        return context -> new ModelServices(names, config.getValue(),
                Arc.container().listAll(RequestListener.class).stream().map(InstanceHandle::get).toList());
    }

    /**
     * For applications that answer no messages.
     *
     * @param enabled whether they should
     */
    public void warnOfNoMessages(boolean enabled) {
        if (enabled) {
            InstructSegLog.LOG.noMessaging();
        } else {
            config.getValue().messaging().store().directory()
                    .ifPresent(directory -> InstructSegLog.LOG.unusedStore(InstructSegConfig.STORE_DIRECTORY));
        }
    }

    public Function<SyntheticCreationalContext<InstructSeg>, InstructSeg> instructSeg(String name) {
        return context -> context.getInjectedReference(ModelServices.class).get(name);
    }

    public Supplier<ActiveResult> active(String name, Set<String> names) {
        return () -> ModelServices.isActive(name, names, config.getValue()) ? ActiveResult.active()
                : ActiveResult.inactive(ModelNames.property(name, "active") + " is false, or "
                        + ModelNames.property(name, "model") + " is not set");
    }
}
