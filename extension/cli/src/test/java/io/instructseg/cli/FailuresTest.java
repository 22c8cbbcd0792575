package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

import org.junit.jupiter.api.Test;

class FailuresTest {

    private final StringWriter err = new StringWriter();

    private int report(Throwable failure) {
        return Failures.report(failure, new PrintWriter(err));
    }

    @Test
    void aUsersMistakeIsOneMessage() {
        assertThat(report(new IOException("no picture"))).isEqualTo(1);
        assertThat(report(new UncheckedIOException(new NoSuchFileException("a.png")))).isEqualTo(1);
        assertThat(report(new AccessDeniedException("b.png"))).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("instructseg: no picture",
                "instructseg: a.png: no such file or directory", "instructseg: b.png: permission denied");
    }

    @Test
    void littleMemoryIsAMessageWithTheRemedy() {
        assertThat(report(new OutOfMemoryError("Java heap space"))).isEqualTo(1);
        assertThat(err.toString()).contains("not enough memory (Java heap space)", "-Xmx").doesNotContain("\tat ");
    }

    @Test
    void anErrorInTheProgramHasAStackTrace() {
        assertThat(report(new IllegalStateException("broken"))).isEqualTo(70);
        assertThat(err.toString()).startsWith("instructseg: unexpected java.lang.IllegalStateException: broken")
                .contains("Please report it", "\tat io.instructseg.cli.FailuresTest");
    }
}
