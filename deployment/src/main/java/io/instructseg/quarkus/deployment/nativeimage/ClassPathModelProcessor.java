package io.instructseg.quarkus.deployment.nativeimage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

import io.instructseg.quarkus.runtime.ClassPathDirectory;
import io.instructseg.quarkus.runtime.ModelLocation;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.builditem.GeneratedResourceBuildItem;
import io.quarkus.deployment.builditem.nativeimage.NativeImageResourceBuildItem;
import io.quarkus.deployment.pkg.steps.NativeOrNativeSourcesBuild;

/** Models of the class path become part of the executable, with a list of their files: resources have no directories there. */
class ClassPathModelProcessor {

    @BuildStep(onlyIf = NativeOrNativeSourcesBuild.class)
    void models(BuildProducer<NativeImageResourceBuildItem> resources, BuildProducer<GeneratedResourceBuildItem> generated)
            throws IOException {
        for (String directory : directories(ConfigProvider.getConfig())) {
            List<String> files = ClassPathDirectory.files(directory);
            String index = ClassPathDirectory.index(directory);
            generated.produce(new GeneratedResourceBuildItem(index, String.join("\n", files).getBytes(StandardCharsets.UTF_8)));
            List<String> names = new ArrayList<>(files.stream().map(file -> directory + "/" + file).toList());
            names.add(index);
            resources.produce(new NativeImageResourceBuildItem(names));
        }
    }

    /** Of the default model and of named ones. */
    private static Set<String> directories(Config config) {
        Set<String> directories = new TreeSet<>();
        StreamSupport.stream(config.getPropertyNames().spliterator(), false).filter(ModelLocation::isProperty)
                .forEach(name -> config.getOptionalValue(name, String.class).flatMap(ModelLocation::classPathDirectory)
                        .ifPresent(directories::add));
        return directories;
    }
}
