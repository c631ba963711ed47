package org.jdmtcp.coordinator.client;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.CoordinatorException.Kind;
import org.jdmtcp.coordinator.auth.Secret;
import org.jdmtcp.coordinator.auth.SessionProof;
import org.jdmtcp.coordinator.proto.SessionReply;
import org.jdmtcp.coordinator.proto.SessionRequest;
import org.jdmtcp.coordinator.proto.SessionsGrpc;

/**
 * A connection to a coordinator after both ends have shown that they know the secret. Owns the gRPC channel.
 *
 * <p>Calls run their callbacks on the transport's thread: they must be short.
 */
public final class CoordinatorChannel implements AutoCloseable {
    /** Both ends speak the same version or do not speak. */
    public static final int PROTOCOL_VERSION = 1;

    /** The header that carries {@link SessionProof#token}. */
    public static final Metadata.Key<byte[]> TOKEN =
            Metadata.Key.of("jdmtcp-session-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final CoordinatorAddress address;
    private final ManagedChannel managed;
    private final Channel channel;

    private CoordinatorChannel(CoordinatorAddress address, ManagedChannel managed, Channel channel) {
        this.address = address;
        this.managed = managed;
        this.channel = channel;
    }

    /** Connects. The bound holds for connecting and for the proof together. */
    public static CoordinatorChannel open(CoordinatorAddress address, Secret secret, Duration bound)
            throws CoordinatorException {
        InetSocketAddress socketAddress;
        try {
            socketAddress = address.resolve();
        } catch (UnknownHostException e) {
            throw new CoordinatorException(
                    Kind.UNREACHABLE,
                    "the coordinator's host " + address.host() + " is not known; check --coord-host",
                    e);
        }
        OkHttpChannelBuilder builder = OkHttpChannelBuilder.forAddress(
                        socketAddress.getAddress().getHostAddress(), address.port())
                .usePlaintext()
                .proxyDetector(target -> null)
                .disableRetry()
                .directExecutor();
        if (!socketAddress.getAddress().isLoopbackAddress()) {
            // A host that vanishes is noticed; on loopback the kernel tells by itself.
            builder.keepAliveTime(20, TimeUnit.SECONDS).keepAliveTimeout(10, TimeUnit.SECONDS);
        }
        ManagedChannel managed = builder.build();
        try {
            byte[] token = prove(address, secret, managed, bound);
            Metadata headers = new Metadata();
            headers.put(TOKEN, token);
            Channel channel = ClientInterceptors.intercept(managed, MetadataUtils.newAttachHeadersInterceptor(headers));
            return new CoordinatorChannel(address, managed, channel);
        } catch (CoordinatorException | RuntimeException e) {
            managed.shutdownNow();
            throw e;
        }
    }

    private static byte[] prove(CoordinatorAddress address, Secret secret, Channel plain, Duration bound)
            throws CoordinatorException {
        byte[] nonce = SessionProof.nonce();
        SessionReply reply;
        try {
            reply = SessionsGrpc.newBlockingStub(plain)
                    .withDeadlineAfter(bound.toMillis(), TimeUnit.MILLISECONDS)
                    .open(SessionRequest.newBuilder()
                            .setProtocolVersion(PROTOCOL_VERSION)
                            .setClientNonce(ByteString.copyFrom(nonce))
                            .build());
        } catch (StatusRuntimeException e) {
            throw CallFailure.ofFirstCall(address, e);
        }
        if (reply.getProtocolVersion() != PROTOCOL_VERSION) {
            throw new CoordinatorException(
                    Kind.REJECTED,
                    "the coordinator at " + address + " speaks version " + reply.getProtocolVersion()
                            + " of the protocol, not " + PROTOCOL_VERSION + "; quit it and start one of this release");
        }
        byte[] serverNonce = reply.getServerNonce().toByteArray();
        byte[] proof = reply.getServerProof().toByteArray();
        if (!SessionProof.serverIsGenuine(secret, address.port(), nonce, serverNonce, proof)) {
            throw new CoordinatorException(
                    Kind.AUTHENTICATION,
                    "what listens at " + address
                            + " does not know this user's secret: it belongs to another user, or uses another"
                            + " secret file; choose another port with --coord-port, or set DMTCP_SECRET_FILE as for the coordinator");
        }
        return SessionProof.token(secret, address.port(), nonce, serverNonce);
    }

    /** For stubs; each call carries the proof. */
    public Channel channel() {
        return channel;
    }

    public CoordinatorAddress address() {
        return address;
    }

    /** Ends the connection and all calls. Idempotent. */
    @Override
    public void close() {
        managed.shutdownNow();
    }
}
