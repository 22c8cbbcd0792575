package io.instructseg.engine.video;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;

import io.instructseg.engine.video.VideoException.Kind;
import io.instructseg.tensorflow.JavaCpp;

/** FFmpeg's libraries: loaded at the first video, their messages kept for exceptions rather than printed. */
final class FFmpeg {

    /** Largest single piece of native memory, in bytes: planes and indexes stay far below, a made-up size doesn't. */
    private static final long MAX_ALLOCATION = 512 << 20;
    private static final int MAX_MESSAGE = 160;

    private static final ThreadLocal<String> LAST_MESSAGE = new ThreadLocal<>();

    private FFmpeg() {
    }

    /**
     * Loads what is used of FFmpeg, once.
     *
     * @throws VideoException if there are no libraries for this machine
     */
    static void load() throws VideoException {
        try {
            JavaCpp.liftMemoryLimit();
            Libraries.load();
            forgetMessage();
        } catch (LinkageError e) {
            throw new VideoException(Kind.UNSUPPORTED, "FFmpeg can't be loaded, so no video can be used: " + e
                    + "; expected org.bytedeco:ffmpeg with the classifier of this machine on the class path", e);
        }
    }

    /** Apart, so that a machine without the libraries gets an exception rather than a broken class. */
    private static final class Libraries {

        /** Native code calls it, but does not keep it alive. */
        private static final LogCallback LOG = new LogCallback() {
            @Override
            public void call(int level, BytePointer message) {
                note(message.getString());
            }
        };

        static {
            Loader.load(avcodec.class);
            Loader.load(avformat.class);
            Loader.load(swscale.class);
            avutil.av_log_set_level(avutil.AV_LOG_ERROR);
            avutil.setLogCallback(LOG);
            avutil.av_max_alloc(MAX_ALLOCATION);
        }

        static void load() {
            // initializes the class
        }
    }

    /** Keeps a line without its prefix ({@code [h264 @ 0x5581e0]}), and nothing that a hostile file put into it but letters. */
    private static void note(String line) {
        String text = line.replaceFirst("^\\[([^@\\]]*) @ [^]]*] ", "$1: ").replaceFirst("^NULL: ", "")
                .replaceAll("[^ -~]+", " ").strip();
        if (!text.isEmpty()) {
            LAST_MESSAGE.set(text.length() > MAX_MESSAGE ? text.substring(0, MAX_MESSAGE) + "..." : text);
        }
    }

    static void forgetMessage() {
        LAST_MESSAGE.remove();
    }

    /** What FFmpeg last complained about on this thread, since {@link #forgetMessage}. */
    static Optional<String> message() {
        return Optional.ofNullable(LAST_MESSAGE.get());
    }

    /** The meaning of an error code, with the last message. */
    static String describe(int error) {
        byte[] text = new byte[avutil.AV_ERROR_MAX_STRING_SIZE];
        avutil.av_strerror(error, text, text.length);
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        String meaning = new String(text, 0, length, StandardCharsets.UTF_8);
        return message().map(message -> meaning + " (" + message + ")").orElse(meaning);
    }

    /** @throws IllegalStateException if a call failed that no file makes fail: for want of memory, say */
    static int require(int result, String call) {
        if (result < 0) {
            throw new IllegalStateException(call + ": " + describe(result));
        }
        return result;
    }

    /** @throws IllegalStateException if there was no memory for a native object */
    static <T> T require(T pointer, String call) {
        if (pointer == null) {
            throw new IllegalStateException(call + ": out of native memory");
        }
        return pointer;
    }
}
