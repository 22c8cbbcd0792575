package io.instructseg.engine.session;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteDeviceList;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListCount;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListName;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SessionListDevices;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetConfig;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;

import io.instructseg.tensorflow.TensorFlowLibrary;

/** The devices of this process. TensorFlow Java has no call for them, TensorFlow's C interface has. */
public final class Devices {

    static {
        TensorFlowLibrary.prepare();
    }

    private static final Pattern NAME = Pattern.compile(".*/device:(CPU|GPU):(\\d+)");

    private Devices() {
    }

    /** What TensorFlow has, sorted; starts it if need be. */
    public static Set<Device> available(TensorFlowOptions options) {
        // frees the session, the graph and the options
        PointerScope scope = new PointerScope();
        try {
            TF_Status status = TF_Status.newStatus();
            TF_Session session = TF_Session.newSession(TF_Graph.newGraph(), sessionOptions(options, status), status);
            status.throwExceptionIfNotOK();
            ProcessOptions.TENSORFLOW.started(options);
            TF_DeviceList list = TF_SessionListDevices(session, status);
            status.throwExceptionIfNotOK();
            try {
                return devices(list, status);
            } finally {
                TF_DeleteDeviceList(list);
            }
        } finally {
            scope.close();
        }
    }

    /**
     * Why TensorFlow has no GPU: the native library without CUDA, or the libraries of CUDA and its driver that the system's
     * loader does not find. To be asked only if it has none.
     */
    public static String whyNoGpu() {
        return MissingGpu.reason();
    }

    private static TF_SessionOptions sessionOptions(TensorFlowOptions options, TF_Status status) {
        TF_SessionOptions sessionOptions = TF_SessionOptions.newSessionOptions();
        BytePointer config = new BytePointer(options.config().toByteArray());
        TF_SetConfig(sessionOptions, config, config.capacity(), status);
        status.throwExceptionIfNotOK();
        return sessionOptions;
    }

    private static Set<Device> devices(TF_DeviceList list, TF_Status status) {
        Set<Device> devices = new TreeSet<>();
        for (int i = 0; i < TF_DeviceListCount(list); i++) {
            String name = TF_DeviceListName(list, i, status).getString();
            status.throwExceptionIfNotOK();
            Matcher parts = NAME.matcher(name);
            if (parts.matches()) {
                devices.add(new Device(Device.Type.valueOf(parts.group(1)), Integer.parseInt(parts.group(2))));
            }
        }
        return devices;
    }
}
