package io.instructseg.engine.session;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A device that TensorFlow can run operations on.
 *
 * @param index from 0, among those of its type
 */
public record Device(Type type, int index) implements Comparable<Device> {

    /** The one that TensorFlow always has, in whose memory the host's tensors are. */
    public static final Device CPU = new Device(Type.CPU, 0);

    private static final Pattern NAME = Pattern.compile("(cpu|gpu)(?::(\\d{1,3}))?");

    /** What a device is. */
    public enum Type {
        CPU,
        GPU
    }

    /**
     * @param name {@code cpu}, {@code gpu} or one of several, {@code gpu:1}
     * @throws IllegalArgumentException if it is none of these
     */
    public static Device of(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "found '" + name + "', expected auto, cpu, gpu, or one of several such as gpu:1");
        }
        Type type = Type.valueOf(parts.group(1).toUpperCase(Locale.ROOT));
        return new Device(type, parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2)));
    }

    /** As {@link #of} takes it, {@code gpu:1}. */
    @Override
    public String toString() {
        return type.name().toLowerCase(Locale.ROOT) + ":" + index;
    }

    /** As a node of a graph names it. */
    String inGraph() {
        return "/device:" + type + ":" + index;
    }

    @Override
    public int compareTo(Device other) {
        return type == other.type ? Integer.compare(index, other.index) : type.compareTo(other.type);
    }
}
