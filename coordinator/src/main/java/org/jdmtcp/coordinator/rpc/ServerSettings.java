package org.jdmtcp.coordinator.rpc;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import org.jdmtcp.coordinator.auth.Secret;
import org.jdmtcp.coordinator.state.ComputationSettings;
import org.jdmtcp.coordinator.state.Lifetime;

/**
 * How a coordinator is run.
 *
 * @param bind the interface on which it listens
 * @param port 0 for any free one
 * @param secret what its agents and commands know too
 * @param computation the rules of the computation
 * @param lifetime when it ends by itself
 * @param checkpointDirectory told to agents that have none of their own
 */
public record ServerSettings(
        InetAddress bind,
        int port,
        Secret secret,
        ComputationSettings computation,
        Lifetime.Rules lifetime,
        Optional<Path> checkpointDirectory) {

    /** On 127.0.0.1, with default rules, for ever. */
    public static ServerSettings local(int port, Secret secret) {
        return new ServerSettings(
                loopback(), port, secret, ComputationSettings.DEFAULT, Lifetime.Rules.NONE, Optional.empty());
    }

    /** 127.0.0.1, whatever this host's files say of localhost. */
    public static InetAddress loopback() {
        try {
            return InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
