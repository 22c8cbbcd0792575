package io.instructseg.conversion;

/** Settings of JavaCPP, on which TensorFlow's native library stands. Before the first use of it. */
public final class JavaCpp {

    private static final String MAX_RESIDENT = "org.bytedeco.javacpp.maxphysicalbytes";

    private JavaCpp() {
    }

    /** JavaCPP would refuse to build a graph in a process that has grown beyond 4 times the heap. */
    public static void liftMemoryLimit() {
        if (System.getProperty(MAX_RESIDENT) == null) {
            System.setProperty(MAX_RESIDENT, "0");
        }
    }
}
