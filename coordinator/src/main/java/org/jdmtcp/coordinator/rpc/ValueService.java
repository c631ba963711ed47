package org.jdmtcp.coordinator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.jdmtcp.coordinator.proto.GetReply;
import org.jdmtcp.coordinator.proto.GetRequest;
import org.jdmtcp.coordinator.proto.SetReply;
import org.jdmtcp.coordinator.proto.SetRequest;
import org.jdmtcp.coordinator.proto.UpdateReply;
import org.jdmtcp.coordinator.proto.UpdateRequest;
import org.jdmtcp.coordinator.proto.ValueKey;
import org.jdmtcp.coordinator.proto.ValueOperation;
import org.jdmtcp.coordinator.proto.ValuesGrpc;
import org.jdmtcp.coordinator.state.KeyValues;
import org.jdmtcp.coordinator.state.ValueOperator;

/** Translates the calls of the key-value store. */
final class ValueService extends ValuesGrpc.ValuesImplBase {
    private final EventLoop loop;

    ValueService(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetReply> observer) {
        Replies.expectDeparture(observer);
        loop.execute(c -> {
            GetReply.Builder reply = GetReply.newBuilder();
            c.values()
                    .get(key(request.getKey()))
                    .ifPresent(v -> reply.setPresent(true).setValue(ByteString.copyFrom(v)));
            Replies.send(observer, reply.build());
        });
    }

    @Override
    public void set(SetRequest request, StreamObserver<SetReply> observer) {
        Replies.expectDeparture(observer);
        loop.execute(c -> {
            c.values().set(key(request.getKey()), request.getValue().toByteArray());
            Replies.send(observer, SetReply.getDefaultInstance());
        });
    }

    @Override
    public void update(UpdateRequest request, StreamObserver<UpdateReply> observer) {
        Replies.expectDeparture(observer);
        loop.execute(c -> {
            try {
                long value = c.values()
                        .update(operator(request.getOperation()), key(request.getKey()), request.getOperand());
                Replies.send(observer, UpdateReply.newBuilder().setValue(value).build());
            } catch (KeyValues.NotANumberException | IllegalArgumentException e) {
                observer.onError(Status.INVALID_ARGUMENT
                        .withDescription(e.getMessage())
                        .withCause(e)
                        .asRuntimeException());
            }
        });
    }

    private static KeyValues.Key key(ValueKey key) {
        return new KeyValues.Key(key.getRound(), key.getDatabase(), key.getKey());
    }

    private static ValueOperator operator(ValueOperation operation) {
        return switch (operation) {
            case INCRBY -> ValueOperator.INCRBY;
            case AND -> ValueOperator.AND;
            case OR -> ValueOperator.OR;
            case XOR -> ValueOperator.XOR;
            case MIN -> ValueOperator.MIN;
            case MAX -> ValueOperator.MAX;
            case VALUE_OPERATION_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("an operation that this coordinator does not know");
        };
    }
}
