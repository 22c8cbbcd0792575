package io.instructseg.tensorflow;

/** Settings of JavaCPP, on which TensorFlow's and FFmpeg's native libraries stand. Before the first use of either. */
public final class JavaCpp {

    private static final String MAX_RESIDENT = "org.bytedeco.javacpp.maxphysicalbytes";

    private JavaCpp() {
    }

    /** JavaCPP would refuse native memory beyond 4 times the heap, and with it any model of the official size. */
    public static void liftMemoryLimit() {
        if (System.getProperty(MAX_RESIDENT) == null) {
            System.setProperty(MAX_RESIDENT, "0");
        }
    }
}
