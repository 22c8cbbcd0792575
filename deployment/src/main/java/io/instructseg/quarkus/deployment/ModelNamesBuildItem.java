package io.instructseg.quarkus.deployment;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

import io.quarkus.builder.item.SimpleBuildItem;

/** The models that the application injects, in an order that doesn't change from build to build. */
final class ModelNamesBuildItem extends SimpleBuildItem {

    private final SortedSet<String> names;

    ModelNamesBuildItem(Set<String> names) {
        this.names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    SortedSet<String> names() {
        return names;
    }
}
