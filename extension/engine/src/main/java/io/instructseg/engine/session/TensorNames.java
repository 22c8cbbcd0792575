package io.instructseg.engine.session;

/** How graphs name tensors: {@code node}, {@code node:1}, and {@code ^node} for a control dependency. */
final class TensorNames {

    private TensorNames() {
    }

    static String node(String tensor) {
        int colon = tensor.indexOf(':');
        return tensor.substring(tensor.startsWith("^") ? 1 : 0, colon < 0 ? tensor.length() : colon);
    }

    /** Which output of its node it is. */
    static int output(String tensor) {
        int colon = tensor.indexOf(':');
        return colon < 0 ? 0 : Integer.parseInt(tensor.substring(colon + 1));
    }
}
