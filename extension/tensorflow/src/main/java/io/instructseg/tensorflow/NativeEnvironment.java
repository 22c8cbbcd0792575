package io.instructseg.tensorflow;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** The environment of this process as native code reads it. Java has a copy of its own, and changes neither. */
final class NativeEnvironment {

    /** Of the C library: points to the array of variables, which ends with a null. */
    private static final String ENVIRON = "environ";

    private NativeEnvironment() {
    }

    /**
     * Adds a variable that is not there: native code finds it from now on. Has no effect where JavaCPP's own library is missing
     * or the C library keeps its variables otherwise.
     */
    static synchronized void add(String name, String value) {
        try {
            // making it loads the library that looks for the address
            BytePointer variable = forever(new BytePointer(name + "=" + value));
            Pointer environ = Loader.addressof(ENVIRON);
            if (environ != null) {
                PointerPointer<Pointer> variables = new PointerPointer<>(environ);
                // who reads the old array meanwhile finds it whole
                variables.put(longer(new PointerPointer<>(variables.get()), variable));
            }
        } catch (LinkageError | RuntimeException e) {
            // what would have read it goes by its own defaults
        }
    }

    private static PointerPointer<Pointer> longer(PointerPointer<Pointer> variables, Pointer variable) {
        long count = 0;
        while (variables.get(count) != null) {
            count++;
        }
        PointerPointer<Pointer> longer = forever(new PointerPointer<>(count + 2));
        for (long i = 0; i < count; i++) {
            longer.put(i, variables.get(i));
        }
        return longer.put(count, variable).put(count + 1, (Pointer) null);
    }

    /** Java no longer frees it. */
    private static <P extends Pointer> P forever(P pointer) {
        pointer.deallocate(false);
        return pointer;
    }
}
