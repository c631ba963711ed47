package org.jdmtcp.coordinator.agent;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.client.CallFailure;
import org.jdmtcp.coordinator.client.CoordinatorChannel;
import org.jdmtcp.coordinator.proto.GetReply;
import org.jdmtcp.coordinator.proto.GetRequest;
import org.jdmtcp.coordinator.proto.SetRequest;
import org.jdmtcp.coordinator.proto.UpdateRequest;
import org.jdmtcp.coordinator.proto.ValueKey;
import org.jdmtcp.coordinator.proto.ValueOperation;
import org.jdmtcp.coordinator.proto.ValuesGrpc;
import org.jdmtcp.coordinator.state.ValueOperator;

/** The key-value store over gRPC. */
final class GrpcSharedValues implements SharedValues {
    private static final long BOUND_SECONDS = 10;

    /** The channel of the moment. */
    interface Channels {
        CoordinatorChannel current() throws CoordinatorException;
    }

    private interface Call<T> {
        T on(ValuesGrpc.ValuesBlockingStub stub);
    }

    private final Channels channels;
    private final long round;

    GrpcSharedValues(Channels channels, long round) {
        this.channels = channels;
        this.round = round;
    }

    @Override
    public Optional<byte[]> get(String database, String key) throws CoordinatorException {
        GetReply reply = call(stub ->
                stub.get(GetRequest.newBuilder().setKey(name(database, key)).build()));
        return reply.getPresent() ? Optional.of(reply.getValue().toByteArray()) : Optional.empty();
    }

    @Override
    public void set(String database, String key, byte[] value) throws CoordinatorException {
        call(stub -> stub.set(SetRequest.newBuilder()
                .setKey(name(database, key))
                .setValue(ByteString.copyFrom(value))
                .build()));
    }

    @Override
    public long update(ValueOperator operator, String database, String key, long operand) throws CoordinatorException {
        return call(stub -> stub.update(UpdateRequest.newBuilder()
                        .setKey(name(database, key))
                        .setOperation(operation(operator))
                        .setOperand(operand)
                        .build()))
                .getValue();
    }

    private ValueKey name(String database, String key) {
        return ValueKey.newBuilder()
                .setRound(round)
                .setDatabase(database)
                .setKey(key)
                .build();
    }

    private <T> T call(Call<T> call) throws CoordinatorException {
        CoordinatorChannel channel = channels.current();
        try {
            return call.on(
                    ValuesGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(BOUND_SECONDS, TimeUnit.SECONDS));
        } catch (StatusRuntimeException e) {
            throw CallFailure.ofCall(channel.address(), e);
        }
    }

    private static ValueOperation operation(ValueOperator operator) {
        return switch (operator) {
            case INCRBY -> ValueOperation.INCRBY;
            case AND -> ValueOperation.AND;
            case OR -> ValueOperation.OR;
            case XOR -> ValueOperation.XOR;
            case MIN -> ValueOperation.MIN;
            case MAX -> ValueOperation.MAX;
        };
    }
}
