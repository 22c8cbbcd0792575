package io.instructseg.quarkus.deployment;

import java.util.Set;

import io.quarkus.builder.item.SimpleBuildItem;

/** The models that the application injects. */
final class ModelNamesBuildItem extends SimpleBuildItem {

    private final Set<String> names;

    ModelNamesBuildItem(Set<String> names) {
        this.names = Set.copyOf(names);
    }

    Set<String> names() {
        return names;
    }
}
