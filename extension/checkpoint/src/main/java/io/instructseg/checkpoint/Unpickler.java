package io.instructseg.checkpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries out the instructions of a pickle as far as a state dict needs them. Out come dicts with string keys, lists,
 * tuples, numbers, strings and {@link PickledTensor}s; no class is looked up and no code is called, whatever the pickle
 * asks for.
 * <p>
 * Nothing recurses, and each instruction makes at most one object: the limit on instructions bounds stack, memo and time.
 */
final class Unpickler {

    private static final int MOST_INSTRUCTIONS = 2_000_000;
    private static final int HIGHEST_PROTOCOL = 5;

    private final PickleInput in;
    private final PickleStack stack;
    private final Map<Integer, Object> memo = new HashMap<>();

    private Unpickler(PickleInput in) {
        this.in = in;
        this.stack = new PickleStack(in);
    }

    /** Python's {@code None}, which unlike a null can lie on the stack. */
    enum None {
        NONE
    }

    static Object load(PickleInput in) throws CheckpointException {
        return new Unpickler(in).run();
    }

    private Object run() throws CheckpointException {
        for (int count = 0; count < MOST_INSTRUCTIONS; count++) {
            Opcode opcode = in.opcode();
            if (opcode == Opcode.STOP) {
                Object result = stack.pop();
                stack.requireEmpty();
                return result;
            }
            execute(opcode);
        }
        throw in.error("more than " + MOST_INSTRUCTIONS + " instructions");
    }

    private void execute(Opcode opcode) throws CheckpointException {
        switch (opcode) {
            case PROTO -> requireProtocol(in.unsignedByte());
            case FRAME -> in.frameLength();
            case MARK -> stack.mark();
            case NONE -> stack.push(None.NONE);
            case NEWTRUE -> stack.push(true);
            case NEWFALSE -> stack.push(false);
            case BININT -> stack.push((long) in.signedInt());
            case BININT1 -> stack.push((long) in.unsignedByte());
            case BININT2 -> stack.push((long) in.unsignedShort());
            case LONG1 -> stack.push(in.shortLong());
            case BINFLOAT -> stack.push(in.bigEndianDouble());
            case BINUNICODE -> stack.push(in.string(in.signedInt()));
            case SHORT_BINUNICODE -> stack.push(in.string(in.unsignedByte()));
            case BINPUT -> memo.put(in.unsignedByte(), stack.peek());
            case LONG_BINPUT -> memo.put(in.signedInt(), stack.peek());
            case MEMOIZE -> memo.put(memo.size(), stack.peek());
            case BINGET -> stack.push(remembered(in.unsignedByte()));
            case LONG_BINGET -> stack.push(remembered(in.signedInt()));
            default -> executeContainer(opcode);
        }
    }

    private void executeContainer(Opcode opcode) throws CheckpointException {
        switch (opcode) {
            case EMPTY_TUPLE -> stack.push(new PickleTuple(List.of()));
            case TUPLE1 -> stack.push(new PickleTuple(stack.pop(1)));
            case TUPLE2 -> stack.push(new PickleTuple(stack.pop(2)));
            case TUPLE3 -> stack.push(new PickleTuple(stack.pop(3)));
            case TUPLE -> stack.push(new PickleTuple(stack.popToMark()));
            case EMPTY_LIST -> stack.push(new PickleList(new ArrayList<>(0)));
            case APPEND -> append(stack.pop(1));
            case APPENDS -> append(stack.popToMark());
            case EMPTY_DICT -> stack.push(new PickleDict(new LinkedHashMap<>(0)));
            case SETITEM -> setItems(stack.pop(2));
            case SETITEMS -> setItems(stack.popToMark());
            case GLOBAL -> stack.push(Global.find(in, in.line(), in.line()));
            case STACK_GLOBAL -> {
                String name = stack.pop(String.class);
                stack.push(Global.find(in, stack.pop(String.class), name));
            }
            case BINPERSID -> stack.push(stack.pop(PickleTuple.class).storage(in));
            case REDUCE -> {
                PickleTuple arguments = stack.pop(PickleTuple.class);
                stack.push(stack.pop(Global.class).call(in, arguments));
            }
            // The attributes of an OrderedDict: the versions of a state dict's modules, in `_metadata`.
            case BUILD -> {
                stack.pop(PickleDict.class);
                stack.peek(PickleDict.class);
            }
            default -> throw in.error("opcode " + opcode + " is not allowed: a state dict of tensors does not need it");
        }
    }

    private void requireProtocol(int protocol) throws CheckpointException {
        if (protocol < 2 || protocol > HIGHEST_PROTOCOL) {
            throw in.error("pickle protocol " + protocol + ", expected 2 to " + HIGHEST_PROTOCOL);
        }
    }

    private Object remembered(int key) throws CheckpointException {
        Object value = memo.get(key);
        if (value == null) {
            throw in.error("nothing in the memo at " + Integer.toUnsignedString(key));
        }
        return value;
    }

    private void append(List<Object> values) throws CheckpointException {
        stack.peek(PickleList.class).values().addAll(values);
    }

    private void setItems(List<Object> keysAndValues) throws CheckpointException {
        PickleDict dict = stack.peek(PickleDict.class);
        if (keysAndValues.size() % 2 != 0) {
            throw in.error("a key without a value");
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            if (!(keysAndValues.get(i) instanceof String key)) {
                throw in.error("a dict's key is " + PickleStack.describe(keysAndValues.get(i)) + ", expected a string");
            }
            if (dict.values().put(key, keysAndValues.get(i + 1)) != null) {
                throw in.error("duplicate key " + CheckpointException.quote(key));
            }
        }
    }
}
