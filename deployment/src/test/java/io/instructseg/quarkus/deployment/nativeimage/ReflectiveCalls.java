package io.instructseg.quarkus.deployment.nativeimage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;

/** What {@link ReflectionAgent} puts in place of the methods of {@link Class}: they note what was found. */
public final class ReflectiveCalls {

    static final Set<String> NAMES = Arrays.stream(ReflectiveCalls.class.getDeclaredMethods()).map(Method::getName)
            .filter(name -> name.matches("forName|newInstance|get.+")).collect(Collectors.toUnmodifiableSet());
    private static final Set<String> FOUND = new ConcurrentSkipListSet<>();

    private ReflectiveCalls() {
    }

    static void writeAtExit(Path file) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                Files.write(file, FOUND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
    }

    private static <T> T note(T found, String kind, Class<?> type, String member) {
        if (found != null) {
            FOUND.add(kind + " " + type.getName() + " " + member);
        }
        return found;
    }

    public static Class<?> forName(String name) throws ClassNotFoundException {
        Class<?> type = Class.forName(name);
        return note(type, "class", type, "");
    }

    public static Class<?> forName(String name, boolean initialize, ClassLoader loader) throws ClassNotFoundException {
        Class<?> type = Class.forName(name, initialize, loader);
        return note(type, "class", type, "");
    }

    public static Object newInstance(Class<?> type) throws ReflectiveOperationException {
        Constructor<?> constructor = getDeclaredConstructor(type, new Class<?>[0]);
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    public static Constructor<?> getConstructor(Class<?> type, Class<?>[] parameters) throws NoSuchMethodException {
        return note(type.getConstructor(parameters), "constructor", type, "");
    }

    public static Constructor<?> getDeclaredConstructor(Class<?> type, Class<?>[] parameters) throws NoSuchMethodException {
        return note(type.getDeclaredConstructor(parameters), "constructor", type, "");
    }

    public static Constructor<?>[] getConstructors(Class<?> type) {
        return note(type.getConstructors(), "constructor", type, "*");
    }

    public static Constructor<?>[] getDeclaredConstructors(Class<?> type) {
        return note(type.getDeclaredConstructors(), "constructor", type, "*");
    }

    public static Method getMethod(Class<?> type, String name, Class<?>[] parameters) throws NoSuchMethodException {
        Method method = type.getMethod(name, parameters);
        return note(method, "method", method.getDeclaringClass(), name);
    }

    public static Method getDeclaredMethod(Class<?> type, String name, Class<?>[] parameters) throws NoSuchMethodException {
        return note(type.getDeclaredMethod(name, parameters), "method", type, name);
    }

    public static Method[] getMethods(Class<?> type) {
        return note(type.getMethods(), "method", type, "*");
    }

    public static Method[] getDeclaredMethods(Class<?> type) {
        return note(type.getDeclaredMethods(), "method", type, "*");
    }

    public static Field getField(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getField(name);
        return note(field, "field", field.getDeclaringClass(), name);
    }

    public static Field getDeclaredField(Class<?> type, String name) throws NoSuchFieldException {
        return note(type.getDeclaredField(name), "field", type, name);
    }

    public static Field[] getFields(Class<?> type) {
        return note(type.getFields(), "field", type, "*");
    }

    public static Field[] getDeclaredFields(Class<?> type) {
        return note(type.getDeclaredFields(), "field", type, "*");
    }

    public static RecordComponent[] getRecordComponents(Class<?> type) {
        return note(type.getRecordComponents(), "method", type, "*");
    }

    public static URL getResource(Class<?> type, String name) {
        return note(type.getResource(name), "resource", type, name);
    }

    public static InputStream getResourceAsStream(Class<?> type, String name) {
        return note(type.getResourceAsStream(name), "resource", type, name);
    }
}
