package io.instructseg.engine.session;

import java.lang.management.ManagementFactory;

import javax.management.JMException;
import javax.management.ObjectName;

/** The memory that the C library keeps for later when it is freed. */
final class NativeHeap {

    private NativeHeap() {
    }

    /** Gives it back to the system: what {@code jcmd PID System.trim_native_heap} does, where the JVM has that. */
    static void trim() {
        try {
            ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "systemTrimNativeHeap", null, null);
        } catch (JMException | RuntimeException e) {
            // it stays for the next model: another system than Linux with glibc, no such command in this JVM, or none allowed
        }
    }
}
