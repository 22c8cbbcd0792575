package io.instructseg.quarkus.deployment;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Singleton;

import org.jboss.jandex.ClassType;

import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.runtime.InstructSegRecorder;
import io.instructseg.quarkus.runtime.ModelService;
import io.quarkus.arc.BeanDestroyer;
import io.quarkus.arc.deployment.SyntheticBeanBuildItem;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.ExecutionTime;
import io.quarkus.deployment.annotations.Record;
import io.quarkus.deployment.builditem.FeatureBuildItem;

/** The bean. */
class InstructSegProcessor {

    private static final String FEATURE = "instructseg";

    @BuildStep
    FeatureBuildItem feature() {
        return new FeatureBuildItem(FEATURE);
    }

    /** The model itself, which is loaded when the application starts and freed when it ends. */
    @BuildStep
    @Record(ExecutionTime.RUNTIME_INIT)
    SyntheticBeanBuildItem model(InstructSegRecorder recorder) {
        return SyntheticBeanBuildItem.configure(ModelService.class).scope(Singleton.class).createWith(recorder.service())
                .destroyer(BeanDestroyer.AutoCloseableDestroyer.class).setRuntimeInit().unremovable().startup().done();
    }

    /** What a host injects; in a normal scope, so that its tests can mock it. */
    @BuildStep
    @Record(ExecutionTime.STATIC_INIT)
    SyntheticBeanBuildItem bean(InstructSegRecorder recorder) {
        return SyntheticBeanBuildItem.configure(InstructSeg.class).scope(ApplicationScoped.class)
                .addInjectionPoint(ClassType.create(ModelService.class)).createWith(recorder.instructSeg()).done();
    }
}
