package io.instructseg.cli;

import java.nio.file.Path;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What {@code benchmark} measures: a picture, unless something else is asked for. */
final class BenchmarkModes {

    @ArgGroup(exclusive = false, heading = "%nA picture, which is measured by default:%n")
    Picture picture;

    @ArgGroup(exclusive = false, heading = "%nA video's frame:%n")
    Video video;

    @ArgGroup(heading = "%nMany requests:%n")
    Requests requests;

    @ArgGroup(heading = "%nLoading and unloading:%n")
    Loads loads;

    /** Of a picture. */
    static final class Picture {

        @Option(names = "--image", paramLabel = "FILE", description = "The picture. Default: a made-up one of 640x480 pixels.")
        Path image;

        @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", //
                description = "Answers to one sentence, and to several, whose median is told. Default: 5.")
        int rounds = 5;
    }

    /** Of a video. */
    static final class Video {

        @Option(names = "--video", paramLabel = "FILE|DIR", description = "The video. Default: a made-up one of 640x360 pixels.")
        Path video;

        @Option(names = "--frames", paramLabel = "N", defaultValue = "50", //
                description = "Frames to segment for one sentence; for several at most 50. From more than 1000 on, memory is "
                        + "told after 1000, too. Default: 50.")
        int frames = 50;
    }

    /** Of many requests. */
    static final class Requests {

        @Option(names = "--requests", required = true, paramLabel = "N", //
                description = "Answer so many requests of changing sizes, at least 30, and fail if resident memory grows by more "
                        + "than 2 %% from their second third to the last.")
        int requests;
    }

    /** Of loading. */
    static final class Loads {

        @Option(names = "--loads", required = true, paramLabel = "N", //
                description = "Load the model, ask it about a made-up picture twice and unload it, so many times: the time beside "
                        + "that of reading its files from the disk, and memory before and after. The first time the files come "
                        + "from the disk only if the system has not kept them in its memory.")
        int loads;
    }
}
