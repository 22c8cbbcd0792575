package io.instructseg.cli;

import java.nio.file.Path;

import picocli.CommandLine.Option;

/** What {@code segment} takes for a picture. */
final class PictureArguments {

    @Option(names = "--image", required = true, paramLabel = "FILE", //
            description = PictureFile.FORMATS)
    Path image;

    @Option(names = "--mask", paramLabel = "out.png", //
            description = "Write the mask: a PNG of the picture's size, 255 inside, 0 outside. With several sentences the "
                    + "files are numbered in their order: out-1.png, out-2.png, ... Existing files are replaced.")
    Path mask;

    @Option(names = "--explain", description = "Ask the model to explain its masks, in words. It was trained to with --task "
            + "reasoning; not every model has an explanation.")
    boolean explain;

    @Option(names = "--json", description = "Write one JSON object to standard output, and nothing else.")
    boolean json;
}
