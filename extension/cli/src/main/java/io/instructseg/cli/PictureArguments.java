package io.instructseg.cli;

import java.nio.file.Path;

import picocli.CommandLine.Option;

/** What {@code segment} takes for a picture. */
final class PictureArguments {

    @Option(names = "--image", required = true, paramLabel = "FILE", //
            description = "Picture: JPEG, PNG, WebP, GIF (first frame) or BMP, up to 64 million pixels.")
    Path image;

    @Option(names = "--mask", paramLabel = "out.png", //
            description = "Write the mask: a PNG of the picture's size, 255 inside, 0 outside. With several sentences the "
                    + "files are numbered in their order: out-1.png, out-2.png, ... Existing files are replaced.")
    Path mask;

    @Option(names = "--json", description = "Write one JSON object to standard output, and nothing else.")
    boolean json;
}
