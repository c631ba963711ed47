package org.jdmtcp.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SignalRouteTest {
    private static SignalRoute route(
            final int signal, final int code, final boolean sameGroup, final boolean fromProgram) {
        return SignalRoute.of(new ReceivedSignal(signal, code, 0, 0), sameGroup, fromProgram);
    }

    @Test
    void whatTheTerminalSendsReachesTheProgramOnce() {
        assertThat(route(Signal.SIGINT, ReceivedSignal.SI_KERNEL, true, false)).isEqualTo(SignalRoute.DROP);
        assertThat(route(Signal.SIGINT, ReceivedSignal.SI_KERNEL, false, false)).isEqualTo(SignalRoute.FORWARD);
    }

    @Test
    void whatSomebodySendsIsPassedOn() {
        assertThat(route(Signal.SIGTERM, ReceivedSignal.SI_USER, true, false)).isEqualTo(SignalRoute.FORWARD);
        assertThat(route(Signal.SIGCHLD, ReceivedSignal.SI_USER, true, false)).isEqualTo(SignalRoute.FORWARD);
        assertThat(route(40, ReceivedSignal.SI_QUEUE, true, false)).isEqualTo(SignalRoute.FORWARD);
    }

    @Test
    void whatTheProgramSendsToItsGroupIsNot() {
        assertThat(route(Signal.SIGTERM, ReceivedSignal.SI_USER, true, true)).isEqualTo(SignalRoute.DROP);
    }

    @Test
    void anAlarmOfTheCallerIsThePrograms() {
        assertThat(route(Signal.SIGALRM, ReceivedSignal.SI_KERNEL, true, false)).isEqualTo(SignalRoute.FORWARD);
    }

    @Test
    void newsOfChildren() {
        assertThat(route(Signal.SIGCHLD, ChildEvent.CLD_EXITED, true, true)).isEqualTo(SignalRoute.REAP);
    }
}
