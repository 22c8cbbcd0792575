package io.instructseg.quarkus.deployment.nativeimage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.quarkus.paths.PathTree;

class NativeLibrariesTest {

    private static final String C_API = "org/tensorflow/internal/c_api/";

    @TempDir
    Path directory;

    @Test
    void thePlatformHasJavaCppsName() {
        assertThat(NativeLibraries.platform(false)).isEqualTo(Loader.getPlatform());
        assertThat(NativeLibraries.platform(true)).startsWith("linux-");
    }

    @Test
    void takesThePlatformsLibrariesOnly() throws IOException {
        Path jar = jar("tensorflow.jar", C_API + "linux-x86_64/libtensorflow_cc.so.2",
                C_API + "linux-x86_64/libjnitensorflow.so",
                C_API + "linux-x86_64/LICENSE", C_API + "TF_Graph.class", C_API + "macosx-arm64/libjnitensorflow.dylib",
                C_API + "linux-x86_64-gpu/libcuda_part.so.12", "linux-x86_64.so");
        assertThat(copy("linux-x86_64", jar)).containsExactlyInAnyOrder("libtensorflow_cc.so.2", "libjnitensorflow.so",
                "libcuda_part.so.12");
        assertThat(copy("macosx-arm64", jar)).containsExactly("libjnitensorflow.dylib");
        assertThat(copy("linux-arm64", jar)).isEmpty();
        assertThat(directory.resolve("libjnitensorflow.so")).hasContent(C_API + "linux-x86_64/libjnitensorflow.so");
    }

    @Test
    void whatIsThereIsNotCopiedAgainUnlessItDiffers() throws IOException {
        Path jar = jar("tensorflow.jar", C_API + "linux-x86_64/libjnitensorflow.so");
        Path copy = directory.resolve("libjnitensorflow.so");
        Files.writeString(copy, "an older version's");
        copy("linux-x86_64", jar);
        assertThat(copy).hasContent(C_API + "linux-x86_64/libjnitensorflow.so");
        Object file = Files.readAttributes(copy, BasicFileAttributes.class).fileKey();
        copy("linux-x86_64", jar);
        assertThat(Files.readAttributes(copy, BasicFileAttributes.class).fileKey()).isEqualTo(file);
    }

    /** TensorFlow's own jar is laid out like that. */
    @Test
    void tensorFlowsJarHasItsThreeLibraries() {
        Path jar = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> path.matches(".*tensorflow-core-native-[^/\\\\]+-" + Loader.getPlatform() + "[^/\\\\]*\\.jar"))
                .map(Path::of).findFirst().orElseThrow();
        List<String> names = new ArrayList<>();
        PathTree.ofArchive(jar).walk(file -> {
            if (NativeLibraries.isLibrary(file, Loader.getPlatform())) {
                names.add(file.getPath().getFileName().toString());
            }
        });
        assertThat(names).hasSize(3).anyMatch(name -> name.contains("jnitensorflow"))
                .anyMatch(name -> name.contains("tensorflow_cc")).anyMatch(name -> name.contains("tensorflow_framework"));
    }

    private List<String> copy(String platform, Path jar) {
        return new NativeLibraries(List.of(PathTree.ofArchive(jar))).copy(platform, directory).stream()
                .map(library -> library.getFileName().toString()).toList();
    }

    /** A jar of files that contain their names. */
    private Path jar(String name, String... files) throws IOException {
        Path jar = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar); ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String file : files) {
                zip.putNextEntry(new ZipEntry(file));
                zip.write(file.getBytes());
                zip.closeEntry();
            }
        }
        return jar;
    }
}
