package io.instructseg.quarkus.deployment.nativeimage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

import io.quarkus.paths.PathTree;
import io.quarkus.paths.PathVisit;
import io.smallrye.common.cpu.CPU;
import io.smallrye.common.os.OS;

/** The shared libraries of one platform, as JavaCPP has them in jars: {@code PACKAGE/PLATFORM/libNAME.so.VERSION}. */
final class NativeLibraries {

    private static final Pattern LIBRARY = Pattern.compile(".+\\.(so(\\.\\d+)*|dylib|dll)");

    private final Collection<PathTree> artifacts;

    NativeLibraries(Collection<PathTree> artifacts) {
        this.artifacts = artifacts;
    }

    /** @param inContainer whether the executable is built in a container, for Linux whatever runs here */
    static String platform(boolean inContainer) {
        String system = inContainer ? "linux" : switch (OS.current()) {
            case MAC -> "macosx";
            case WINDOWS -> "windows";
            default -> "linux";
        };
        return system + "-" + (CPU.host() == CPU.aarch64 ? "arm64" : "x86_64");
    }

    /**
     * Copies libraries into a directory, unless they are there already.
     *
     * @param platform in JavaCPP's words; builds with an extension to it, such as {@code -gpu}, are taken, too
     * @return the libraries there
     */
    List<Path> copy(String platform, Path directory) {
        List<Path> copies = new ArrayList<>();
        for (PathTree artifact : artifacts) {
            artifact.walk(file -> {
                if (isLibrary(file, platform)) {
                    copies.add(copy(file.getPath(), directory));
                }
            });
        }
        return copies;
    }

    static boolean isLibrary(PathVisit file, String platform) {
        String[] names = file.getRelativePath("/").split("/");
        String parent = names.length < 2 ? "" : names[names.length - 2];
        return (parent.equals(platform) || parent.startsWith(platform + "-"))
                && LIBRARY.matcher(names[names.length - 1]).matches();
    }

    private static Path copy(Path library, Path directory) {
        Path copy = directory.resolve(library.getFileName().toString());
        try {
            boolean same = Files.exists(copy) && Files.size(copy) == Files.size(library)
                    && Files.getLastModifiedTime(copy).equals(Files.getLastModifiedTime(library));
            if (!same) {
                Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't place " + copy + " beside the executable", e);
        }
        return copy;
    }
}
