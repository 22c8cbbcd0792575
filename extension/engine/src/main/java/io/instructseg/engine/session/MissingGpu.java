package io.instructseg.engine.session;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteBuffer;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GetRegisteredKernelsForOp;

import java.util.ArrayList;
import java.util.List;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.proto.KernelList;

import com.google.protobuf.InvalidProtocolBufferException;

/** Finds out why TensorFlow has no GPU; it logs that to the process's standard error only. */
final class MissingGpu {

    /** What TensorFlow 2.18 opens for CUDA 12: without one of them it goes on without a GPU. */
    private static final List<String> LIBRARIES = List.of("libcuda.so.1", "libcudart.so.12", "libcublas.so.12",
            "libcublasLt.so.12", "libcufft.so.11", "libcusolver.so.11", "libcusparse.so.12", "libcudnn.so.9");

    private MissingGpu() {
    }

    /** A clause for messages. */
    static String reason() {
        if (!hasKernels()) {
            return "TensorFlow's native library is the one without CUDA (tensorflow-core-native:linux-x86_64-gpu has it)";
        }
        List<String> missing = missing(LIBRARIES);
        return missing.isEmpty() ? "CUDA is there, but no GPU that can be used: see nvidia-smi and TensorFlow's own messages"
                : "of CUDA 12, cuDNN 9 and the driver this is missing: " + String.join("; ", missing);
    }

    /** What the system's loader says of those that it can't load. */
    static List<String> missing(List<String> libraries) {
        List<String> missing = new ArrayList<>();
        for (String library : libraries) {
            try {
                Loader.loadGlobal(library);
            } catch (UnsatisfiedLinkError e) {
                missing.add(e.getMessage());
            }
        }
        return missing;
    }

    private static boolean hasKernels() {
        PointerScope scope = new PointerScope();
        try {
            TF_Status status = TF_Status.newStatus();
            TF_Buffer kernels = TF_GetRegisteredKernelsForOp("MatMul", status);
            status.throwExceptionIfNotOK();
            try {
                return KernelList.parseFrom(kernels.dataAsByteBuffer()).getKernelList().stream()
                        .anyMatch(kernel -> kernel.getDeviceType().equals("GPU"));
            } finally {
                TF_DeleteBuffer(kernels);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("TensorFlow describes its kernels in an unknown way", e);
        } finally {
            scope.close();
        }
    }
}
