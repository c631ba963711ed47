package org.jdmtcp.coordinator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import org.jdmtcp.coordinator.auth.SessionProof;
import org.jdmtcp.coordinator.client.CoordinatorChannel;
import org.jdmtcp.coordinator.proto.SessionReply;
import org.jdmtcp.coordinator.proto.SessionRequest;
import org.jdmtcp.coordinator.proto.SessionsGrpc;

/** The server's half of the proof. */
final class SessionService extends SessionsGrpc.SessionsImplBase {
    private final CompletableFuture<SessionProof.Server> proofs;

    SessionService(CompletableFuture<SessionProof.Server> proofs) {
        this.proofs = proofs;
    }

    @Override
    public void open(SessionRequest request, StreamObserver<SessionReply> observer) {
        byte[] clientNonce = request.getClientNonce().toByteArray();
        if (clientNonce.length != SessionProof.SIZE) {
            observer.onError(Status.INVALID_ARGUMENT
                    .withDescription("a nonce has " + SessionProof.SIZE + " bytes")
                    .asRuntimeException());
            return;
        }
        SessionProof.Server server = proofs.join();
        byte[] serverNonce = server.serverNonce(clientNonce);
        observer.onNext(SessionReply.newBuilder()
                .setProtocolVersion(CoordinatorChannel.PROTOCOL_VERSION)
                .setServerNonce(ByteString.copyFrom(serverNonce))
                .setServerProof(ByteString.copyFrom(server.proof(clientNonce, serverNonce)))
                .build());
        observer.onCompleted();
    }
}
