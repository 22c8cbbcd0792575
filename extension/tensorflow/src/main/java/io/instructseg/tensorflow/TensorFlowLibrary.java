package io.instructseg.tensorflow;

/** TensorFlow's native library, before it is loaded. */
public final class TensorFlowLibrary {

    /**
     * Whether TensorFlow computes with oneDNN. By itself it does so only on processors with instructions for neural networks;
     * products and casts are twice as fast with AVX2 already (docs/performance.md).
     */
    private static final String ONEDNN = "TF_ENABLE_ONEDNN_OPTS";

    static {
        JavaCpp.liftMemoryLimit();
        if (System.getenv(ONEDNN) == null && Processor.here().instructions().contains("avx2")) {
            NativeEnvironment.add(ONEDNN, "1");
        }
    }

    private TensorFlowLibrary() {
    }

    /** Sets what holds for the process, once; what the environment says goes before. */
    public static void prepare() {
        // the class does it when it is initialized
    }
}
