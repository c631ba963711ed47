package org.jdmtcp.plugin.socket;

import static org.assertj.core.api.Assertions.assertThat;

import org.jdmtcp.spi.linux.SocketCalls;
import org.junit.jupiter.api.Test;

class EndpointTest {
    private static final byte[] FOUR = {2, 0, 0x1f, (byte) 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};

    @Test
    void isTheSameHoweverItIsTold() {
        final Endpoint four = Endpoint.of(FOUR);
        final byte[] mapped = four.sockaddr(SocketCalls.AF_INET6);
        assertThat(Endpoint.of(mapped)).isEqualTo(four);
        assertThat(four.sockaddr(SocketCalls.AF_INET)).isEqualTo(FOUR);
        assertThat(four).hasToString("127.0.0.1:8080");
        assertThat(four.isMapped()).isTrue();
    }

    @Test
    void knowsWhoAccepts() {
        final Endpoint any = Endpoint.any(8080);
        assertThat(any.accepts(Endpoint.of(FOUR))).isTrue();
        assertThat(any.accepts(Endpoint.loopback(SocketCalls.AF_INET6, 8081))).isFalse();
        assertThat(Endpoint.loopback(SocketCalls.AF_INET6, 8080).accepts(Endpoint.of(FOUR)))
                .isFalse();
        assertThat(Endpoint.of(new byte[4], 8080).accepts(Endpoint.of(FOUR))).isTrue();
    }

    @Test
    void knowsAddressesOfThisHost() {
        assertThat(Endpoint.of(FOUR).isLocal()).isTrue();
        assertThat(Endpoint.of(new byte[] {(byte) 203, 0, 113, 77}, 1).isLocal())
                .isFalse();
    }
}
