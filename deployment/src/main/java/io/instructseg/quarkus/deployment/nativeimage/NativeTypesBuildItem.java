package io.instructseg.quarkus.deployment.nativeimage;

import io.quarkus.builder.item.SimpleBuildItem;

/** The types that must be registered. */
final class NativeTypesBuildItem extends SimpleBuildItem {

    private final NativeTypes types;

    NativeTypesBuildItem(NativeTypes types) {
        this.types = types;
    }

    NativeTypes types() {
        return types;
    }
}
