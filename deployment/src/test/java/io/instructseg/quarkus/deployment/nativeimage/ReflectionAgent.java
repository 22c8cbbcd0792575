package io.instructseg.quarkus.deployment.nativeimage;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Set;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A Java agent: in the code of the libraries that a native image needs rules for, it replaces each call of a reflective
 * method of {@link Class} by the method of {@link ReflectiveCalls} that has its name, calls it and writes it down.
 */
public final class ReflectionAgent {

    private static final String CLASS = "java/lang/Class";
    private static final String CALLS = ReflectiveCalls.class.getName().replace('.', '/');
    private static final Set<String> TRACED = Set.of("org/tensorflow/", "org/bytedeco/", "com/google/protobuf/",
            "com/fasterxml/jackson/", "io/instructseg/engine/", "io/instructseg/format/");

    private ReflectionAgent() {
    }

    /** @param output the file to write the calls to, when the JVM ends */
    public static void premain(String output, Instrumentation instrumentation) {
        ReflectiveCalls.writeAtExit(Path.of(output));
        instrumentation.addTransformer(new ClassFileTransformer() {

            @Override
            public byte[] transform(ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain,
                    byte[] bytes) {
                return TRACED.stream().anyMatch(name::startsWith) ? trace(bytes) : null;
            }
        });
    }

    private static byte[] trace(byte[] bytes) {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(new ClassVisitor(Opcodes.ASM9, writer) {

            @Override
            public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
                    String[] exceptions) {
                return new Tracer(super.visitMethod(access, name, descriptor, signature, exceptions));
            }
        }, 0);
        return writer.toByteArray();
    }

    private static final class Tracer extends MethodVisitor {

        Tracer(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (!owner.equals(CLASS) || !ReflectiveCalls.NAMES.contains(name)) {
                super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            } else {
                // the receiver becomes the first argument
                String arguments = opcode == Opcodes.INVOKESTATIC ? descriptor : "(L" + CLASS + ";" + descriptor.substring(1);
                super.visitMethodInsn(Opcodes.INVOKESTATIC, CALLS, name, arguments, false);
            }
        }
    }
}
