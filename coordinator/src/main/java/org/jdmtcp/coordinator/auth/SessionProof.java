package org.jdmtcp.coordinator.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * How the two ends show each other that they know the secret, without telling it.
 *
 * <p>The client sends 32 random bytes C. The server answers with 32 bytes S and HMAC(secret, "server", port, C, S). Only when that
 * is right does the client send C, S and HMAC(secret, "client", port, C, S), with every call.
 *
 * <p>Properties:
 * <ul>
 *   <li>Who listens on the port without knowing the secret gets C and nothing else: he can neither answer nor learn a proof.
 *   <li>He cannot pass C on to the real coordinator and use its answer either, since the port is part of the proof.
 *   <li>A proof is worth nothing to another server or after a restart of this one: S comes from a key made at its start.
 *   <li>The server remembers nothing for a caller, so unknown callers cannot fill its memory: S = HMAC(start key, C).
 * </ul>
 * Who can read or change what passes between the two ends (root, or a network in between) is outside of what this defends against.
 */
public final class SessionProof {
    /** Of nonces and proofs, in bytes. */
    public static final int SIZE = 32;

    private static final byte[] SERVER = "jdmtcp server".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLIENT = "jdmtcp client".getBytes(StandardCharsets.US_ASCII);

    private SessionProof() {}

    /** 32 fresh random bytes. */
    public static byte[] nonce() {
        byte[] nonce = new byte[SIZE];
        new SecureRandom().nextBytes(nonce);
        return nonce;
    }

    /** Whether the server that answered with this nonce and proof knows the secret. */
    public static boolean serverIsGenuine(
            Secret secret, int port, byte[] clientNonce, byte[] serverNonce, byte[] proof) {
        return MessageDigest.isEqual(proof, secret.authenticate(SERVER, portBytes(port), clientNonce, serverNonce));
    }

    /** What the client sends with each call: both nonces and its proof, 96 bytes. */
    public static byte[] token(Secret secret, int port, byte[] clientNonce, byte[] serverNonce) {
        byte[] token = Arrays.copyOf(clientNonce, 3 * SIZE);
        System.arraycopy(serverNonce, 0, token, SIZE, SIZE);
        byte[] proof = secret.authenticate(CLIENT, portBytes(port), clientNonce, serverNonce);
        System.arraycopy(proof, 0, token, 2 * SIZE, SIZE);
        return token;
    }

    private static byte[] portBytes(int port) {
        return new byte[] {(byte) (port >>> 8), (byte) port};
    }

    /** The server's side; immutable, for any thread. */
    public static final class Server {
        private final Secret secret;
        private final Secret startKey = new Secret(nonce());
        private final int port;

        public Server(Secret secret, int port) {
            this.secret = secret;
            this.port = port;
        }

        /** The server's nonce for a client's. */
        public byte[] serverNonce(byte[] clientNonce) {
            return startKey.authenticate(clientNonce);
        }

        /** The server's proof, for a nonce of {@link #serverNonce}. */
        public byte[] proof(byte[] clientNonce, byte[] serverNonce) {
            return secret.authenticate(SERVER, portBytes(port), clientNonce, serverNonce);
        }

        /** Whether a token comes from a client that knows the secret and opened its session with this server. */
        public boolean accepts(byte[] token) {
            if (token.length != 3 * SIZE) {
                return false;
            }
            byte[] clientNonce = Arrays.copyOf(token, SIZE);
            byte[] serverNonce = Arrays.copyOfRange(token, SIZE, 2 * SIZE);
            return MessageDigest.isEqual(serverNonce, serverNonce(clientNonce))
                    && MessageDigest.isEqual(token, token(secret, port, clientNonce, serverNonce));
        }
    }
}
