package io.instructseg.quarkus.runtime.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

class RequestMemoryTest {

    private final AtomicLong free = new AtomicLong(100);

    @Test
    void requestsShareWhatThereIsAndGiveItBack() {
        RequestMemory first = new RequestMemory(1000, free);
        RequestMemory second = new RequestMemory(1000, free);
        first.take(60);
        second.take(40);
        assertThatThrownBy(() -> second.take(1)).isInstanceOf(RequestException.class).hasMessageContaining("fill the memory");
        first.close();
        first.close();
        assertThat(free).hasValue(60);
        assertThatCode(() -> second.take(60)).doesNotThrowAnyException();
        second.close();
        assertThat(free).hasValue(100);
    }

    @Test
    void aPictureIsCountedWhileItComesIn() throws Exception {
        byte[] body = ("{\"image\": \"" + Base64.getEncoder().encodeToString(new byte[100]) + "\"}").getBytes();
        try (RequestMemory memory = new RequestMemory(1000, free)) {
            JsonBody.read(new ByteArrayInputStream(body), memory);
            assertThat(free).hasValue(0);
            assertThatThrownBy(() -> JsonBody.read(new ByteArrayInputStream(body), memory))
                    .isInstanceOfSatisfying(RequestException.class,
                            problem -> assertThat(problem.kind()).isEqualTo(RequestException.Kind.LATER));
        }
        assertThat(free).hasValue(100);
    }
}
