package org.jdmtcp.coordinator.rpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import org.jdmtcp.coordinator.auth.SessionProof;
import org.jdmtcp.coordinator.client.CoordinatorChannel;
import org.jdmtcp.coordinator.proto.SessionsGrpc;

/** Lets a call pass only if it carries a proof that the caller knows the secret, except for the call that prepares the proof. */
final class SessionGuard implements ServerInterceptor {
    private final CompletableFuture<SessionProof.Server> proofs;

    SessionGuard(CompletableFuture<SessionProof.Server> proofs) {
        this.proofs = proofs;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (SessionsGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        byte[] token = headers.get(CoordinatorChannel.TOKEN);
        if (token != null && proofs.join().accepts(token)) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.UNAUTHENTICATED.withDescription(
                        "the caller does not know the secret; use the secret file with which the coordinator was started"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
