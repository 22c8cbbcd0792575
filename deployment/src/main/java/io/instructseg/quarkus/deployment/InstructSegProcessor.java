package io.instructseg.quarkus.deployment;

import java.util.Set;
import java.util.TreeSet;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Singleton;

import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.ClassType;

import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelName;
import io.instructseg.quarkus.runtime.InstructSegRecorder;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.ModelServices;
import io.quarkus.arc.BeanDestroyer;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.arc.deployment.SyntheticBeanBuildItem;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.ExecutionTime;
import io.quarkus.deployment.annotations.Record;
import io.quarkus.deployment.builditem.CombinedIndexBuildItem;
import io.quarkus.deployment.builditem.FeatureBuildItem;

/** The beans. */
class InstructSegProcessor {

    private static final String FEATURE = "instructseg";

    @BuildStep
    FeatureBuildItem feature() {
        return new FeatureBuildItem(FEATURE);
    }

    @BuildStep
    AdditionalBeanBuildItem qualifier() {
        return new AdditionalBeanBuildItem(ModelName.class);
    }

    /** The default model, and those that the application names. */
    @BuildStep
    ModelNamesBuildItem names(CombinedIndexBuildItem index) {
        Set<String> names = new TreeSet<>(Set.of(ModelNames.DEFAULT));
        index.getIndex().getAnnotations(ModelName.class).stream().map(name -> name.value().asString()).forEach(names::add);
        return new ModelNamesBuildItem(names);
    }

    /** All models, which are loaded when the application starts and freed when it ends. */
    @BuildStep
    @Record(ExecutionTime.RUNTIME_INIT)
    SyntheticBeanBuildItem services(InstructSegRecorder recorder, ModelNamesBuildItem names) {
        return SyntheticBeanBuildItem.configure(ModelServices.class).scope(Singleton.class)
                .createWith(recorder.services(names.names())).destroyer(BeanDestroyer.AutoCloseableDestroyer.class)
                .setRuntimeInit().unremovable().startup().done();
    }

    /** What a host injects; in a normal scope, so that its tests can mock it. */
    @BuildStep
    @Record(ExecutionTime.RUNTIME_INIT)
    void beans(InstructSegRecorder recorder, ModelNamesBuildItem names, BuildProducer<SyntheticBeanBuildItem> beans) {
        for (String name : names.names()) {
            SyntheticBeanBuildItem.ExtendedBeanConfigurator bean = SyntheticBeanBuildItem.configure(InstructSeg.class)
                    .scope(ApplicationScoped.class).addInjectionPoint(ClassType.create(ModelServices.class))
                    .createWith(recorder.instructSeg(name)).checkActive(recorder.active(name, names.names()))
                    .setRuntimeInit();
            if (!ModelNames.isDefault(name)) {
                bean.addQualifier(AnnotationInstance.builder(ModelName.class).value(name).build());
            }
            beans.produce(bean.done());
        }
    }
}
