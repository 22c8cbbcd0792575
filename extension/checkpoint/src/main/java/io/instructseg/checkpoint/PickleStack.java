package io.instructseg.checkpoint;

import java.util.ArrayList;
import java.util.List;

/** The stack of the pickle machine. Marks lie among the values and are nobody's value. */
final class PickleStack {

    private enum Mark {
        MARK
    }

    private final PickleInput in;
    private final List<Object> values = new ArrayList<>();

    PickleStack(PickleInput in) {
        this.in = in;
    }

    void push(Object value) {
        values.add(value);
    }

    void mark() {
        values.add(Mark.MARK);
    }

    Object peek() throws CheckpointException {
        Object top = values.isEmpty() ? Mark.MARK : values.get(values.size() - 1);
        if (top == Mark.MARK) {
            throw in.error("nothing on the stack, expected a value");
        }
        return top;
    }

    <T> T peek(Class<T> type) throws CheckpointException {
        return cast(peek(), type);
    }

    Object pop() throws CheckpointException {
        Object top = peek();
        values.remove(values.size() - 1);
        return top;
    }

    <T> T pop(Class<T> type) throws CheckpointException {
        return cast(pop(), type);
    }

    /** The topmost values, the deepest first. */
    List<Object> pop(int count) throws CheckpointException {
        List<Object> popped = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            popped.add(0, pop());
        }
        return popped;
    }

    /** The values above the topmost mark, the deepest first. */
    List<Object> popToMark() throws CheckpointException {
        int mark = values.lastIndexOf(Mark.MARK);
        if (mark < 0) {
            throw in.error("no mark on the stack");
        }
        List<Object> above = values.subList(mark + 1, values.size());
        List<Object> popped = new ArrayList<>(above);
        above.clear();
        values.remove(mark);
        return popped;
    }

    void requireEmpty() throws CheckpointException {
        if (!values.isEmpty()) {
            throw in.error(values.size() + " values left on the stack at the end");
        }
    }

    private <T> T cast(Object value, Class<T> type) throws CheckpointException {
        if (!type.isInstance(value)) {
            throw in.error("found " + describe(value) + ", expected " + describe(type));
        }
        return type.cast(value);
    }

    /** What a value is, without looking into it. */
    static String describe(Object value) {
        return describe(value.getClass());
    }

    private static String describe(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "PickleDict" -> "a dict";
            case "PickleList" -> "a list";
            case "PickleTuple" -> "a tuple";
            case "PickledTensor" -> "a tensor";
            case "Storage" -> "a storage";
            case "Long" -> "an integer";
            case "Double" -> "a float";
            case "Boolean" -> "a bool";
            case "String" -> "a string";
            case "None" -> "None";
            default -> "a class or function";
        };
    }
}
