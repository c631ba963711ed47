package org.jdmtcp.plugin.socket;

import static org.jdmtcp.plugin.socket.TcpInfo.TCP_CLOSE_WAIT;
import static org.jdmtcp.plugin.socket.TcpInfo.TCP_CLOSING;
import static org.jdmtcp.plugin.socket.TcpInfo.TCP_FIN_WAIT1;
import static org.jdmtcp.plugin.socket.TcpInfo.TCP_FIN_WAIT2;
import static org.jdmtcp.plugin.socket.TcpInfo.TCP_LAST_ACK;

import org.jdmtcp.spi.linux.Fd;

/** The kernel's state of a connection ({@code net/tcp_states.h}), and what it says about both directions. */
record TcpState(int number) {
    static TcpState of(final Fd socket) {
        return new TcpState(TcpInfo.of(socket).state());
    }

    /** Whether this end has sent a FIN, or will when all before it has been sent. */
    boolean sendsNoMore() {
        return number == TCP_FIN_WAIT1 || number == TCP_FIN_WAIT2 || number == TCP_CLOSING || number == TCP_LAST_ACK;
    }

    /** Whether the peer's FIN has arrived. */
    boolean peerSendsNoMore() {
        return number == TCP_CLOSE_WAIT || number == TCP_CLOSING || number == TCP_LAST_ACK;
    }
}
