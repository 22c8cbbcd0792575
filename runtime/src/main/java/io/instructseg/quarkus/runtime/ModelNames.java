package io.instructseg.quarkus.runtime;

/** How models are called. */
public final class ModelNames {

    /** The model without a name. */
    public static final String DEFAULT = "<default>";

    private static final String PREFIX = "quarkus.instructseg.";

    private ModelNames() {
    }

    public static boolean isDefault(String model) {
        return DEFAULT.equals(model);
    }

    /** A property of a model: {@code quarkus.instructseg.queue.size}, {@code quarkus.instructseg."street".queue.size}. */
    public static String property(String model, String name) {
        return isDefault(model) ? PREFIX + name : PREFIX + '"' + model + "\"." + name;
    }
}
