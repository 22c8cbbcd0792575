package io.instructseg.cli;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import picocli.CommandLine.ITypeConverter;

/** Names of weights: {@code *} stands for any characters, all others for themselves. */
final class WeightPattern implements ITypeConverter<Pattern> {

    @Override
    public Pattern convert(String glob) {
        return Pattern.compile(Arrays.stream(glob.split("\\*+", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                Pattern.DOTALL);
    }
}
