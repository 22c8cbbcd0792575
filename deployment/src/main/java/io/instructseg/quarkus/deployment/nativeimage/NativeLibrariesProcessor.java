package io.instructseg.quarkus.deployment.nativeimage;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jboss.logging.Logger;

import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.Produce;
import io.quarkus.deployment.pkg.builditem.ArtifactResultBuildItem;
import io.quarkus.deployment.pkg.builditem.CurateOutcomeBuildItem;
import io.quarkus.deployment.pkg.builditem.NativeImageBuildItem;
import io.quarkus.deployment.pkg.builditem.NativeImageRunnerBuildItem;
import io.quarkus.deployment.pkg.steps.NativeBuild;
import io.quarkus.maven.dependency.ResolvedDependency;

/** TensorFlow's shared libraries beside the executable, where its {@code System.loadLibrary} looks first. */
class NativeLibrariesProcessor {

    private static final Logger LOG = Logger.getLogger(NativeLibrariesProcessor.class);
    private static final Set<String> GROUPS = Set.of("org.tensorflow", "org.bytedeco");

    @BuildStep(onlyIf = NativeBuild.class)
    @Produce(ArtifactResultBuildItem.class)
    void libraries(NativeImageBuildItem executable, NativeImageRunnerBuildItem runner, CurateOutcomeBuildItem application) {
        Path directory = executable.getPath().toAbsolutePath().getParent();
        String platform = NativeLibraries.platform(runner.isContainerBuild());
        List<Path> libraries = new NativeLibraries(application.getApplicationModel().getRuntimeDependencies().stream()
                .filter(dependency -> GROUPS.contains(dependency.getGroupId())).map(ResolvedDependency::getContentTree)
                .toList()).copy(platform, directory);
        if (libraries.isEmpty()) {
            LOG.warnf("No dependency has TensorFlow's libraries for %s. The executable needs them beside it: add"
                    + " org.tensorflow:tensorflow-core-native with classifier %s", platform, platform);
        } else {
            LOG.infof("In %s, what the executable needs beside it: %s", directory, libraries.stream()
                    .map(library -> library.getFileName().toString()).sorted().collect(Collectors.joining(", ")));
        }
    }
}
