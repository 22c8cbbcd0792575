package io.instructseg.conversion;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Modules as PEFT's configuration selects them (its {@code check_target_module_exists}): a list of names, or ends of names from
 * a dot on, or one pattern that matches whole names.
 */
final class ModuleSelection {

    static final ModuleSelection NONE = new ModuleSelection("", Set.of(), Optional.empty());

    /** Of a pattern, over one name: those that anybody means need hundreds, others more than a life has time for. */
    private static final int MOST_STEPS = 100_000;

    private final String key;
    private final Set<String> names;
    private final Optional<Pattern> pattern;

    private ModuleSelection(String key, Set<String> names, Optional<Pattern> pattern) {
        this.key = key;
        this.names = names;
        this.pattern = pattern;
    }

    /**
     * The selection under a key of a configuration, of nothing where that is not there.
     *
     * @throws ConversionException if it is neither a list nor a pattern that Java has, too
     */
    static ModuleSelection read(ConfigFile config, String key) throws ConversionException {
        String path = config + ": " + key;
        Optional<String> text = config.text(key);
        try {
            return new ModuleSelection(path, new LinkedHashSet<>(config.strings(key)), text.map(Pattern::compile));
        } catch (PatternSyntaxException | StackOverflowError e) {
            throw new ConversionException(path + " is no pattern that can be read here", e);
        }
    }

    boolean isEmpty() {
        return names.isEmpty() && pattern.isEmpty();
    }

    /** @throws ConversionException if the pattern takes too long */
    boolean contains(String module) throws ConversionException {
        return pattern.isPresent() ? matches(pattern.get(), module) : endings(module).stream().anyMatch(names::contains);
    }

    /** The names, or the pattern, that select none of these modules. */
    List<String> idle(Collection<String> modules) throws ConversionException {
        Set<String> found = new HashSet<>();
        for (String module : modules) {
            if (pattern.isEmpty()) {
                found.addAll(endings(module));
            } else if (matches(pattern.get(), module)) {
                return List.of();
            }
        }
        return pattern.isPresent() ? List.of(pattern.get().pattern())
                : names.stream().filter(name -> !found.contains(name)).toList();
    }

    /** A name, and what follows its dots. */
    private static Set<String> endings(String module) {
        Set<String> endings = new HashSet<>(Set.of(module));
        for (int dot = module.indexOf('.'); dot >= 0; dot = module.indexOf('.', dot + 1)) {
            endings.add(module.substring(dot + 1));
        }
        return endings;
    }

    private boolean matches(Pattern expression, String module) throws ConversionException {
        try {
            return expression.matcher(new CountedName(module)).matches();
        } catch (TooManySteps | StackOverflowError e) {
            throw new ConversionException(key + " is a pattern that takes too long", e);
        }
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** A name that can be looked at so many times. */
    private static final class CountedName implements CharSequence {

        private final String name;
        private int steps;

        CountedName(String name) {
            this.name = name;
        }

        @Override
        public char charAt(int index) {
            if (++steps > MOST_STEPS) {
                throw new TooManySteps();
            }
            return name.charAt(index);
        }

        @Override
        public int length() {
            return name.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return name.subSequence(start, end);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
