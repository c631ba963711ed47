package org.jdmtcp.coordinator.command;

import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jdmtcp.coordinator.CheckpointImage;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.CoordinatorException.Kind;
import org.jdmtcp.coordinator.ProcessInfo;
import org.jdmtcp.coordinator.TraceMessages;
import org.jdmtcp.coordinator.auth.Secret;
import org.jdmtcp.coordinator.client.CallFailure;
import org.jdmtcp.coordinator.client.CoordinatorChannel;
import org.jdmtcp.coordinator.proto.ChangeIntervalRequest;
import org.jdmtcp.coordinator.proto.CheckpointReply;
import org.jdmtcp.coordinator.proto.CheckpointRequest;
import org.jdmtcp.coordinator.proto.CommandsGrpc;
import org.jdmtcp.coordinator.proto.CommandsGrpc.CommandsBlockingStub;
import org.jdmtcp.coordinator.proto.KillReply;
import org.jdmtcp.coordinator.proto.KillRequest;
import org.jdmtcp.coordinator.proto.MemberStatus;
import org.jdmtcp.coordinator.proto.StatusReply;
import org.jdmtcp.coordinator.proto.StatusRequest;
import org.jdmtcp.coordinator.proto.TraceReply;
import org.jdmtcp.coordinator.proto.TraceRequest;
import org.jdmtcp.coordinator.state.AgentTrace;
import org.jdmtcp.coordinator.state.CheckpointResult;
import org.jdmtcp.coordinator.state.ComputationStatus;
import org.jdmtcp.coordinator.state.KillResult;
import org.jdmtcp.coordinator.state.MemberInfo;

/** Commands a coordinator. For any thread; each call blocks. */
public final class CommandClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** The coordinator answers these within a second. */
    private static final long QUICK_SECONDS = 5;
    /** The coordinator waits 10 s for the processes. */
    private static final long KILL_SECONDS = 20;

    private final CoordinatorChannel channel;

    private CommandClient(CoordinatorChannel channel) {
        this.channel = channel;
    }

    public static CommandClient connect(CoordinatorAddress address, Secret secret) throws CoordinatorException {
        return new CommandClient(CoordinatorChannel.open(address, secret, CONNECT));
    }

    public CoordinatorStatus status() throws CoordinatorException {
        StatusReply reply = call(stub ->
                stub.withDeadlineAfter(QUICK_SECONDS, TimeUnit.SECONDS).status(StatusRequest.getDefaultInstance()));
        ComputationStatus computation = new ComputationStatus(
                reply.getRunning(),
                reply.getIntervalSeconds(),
                reply.getComputationId(),
                reply.getGeneration(),
                reply.getMembersList().stream().map(CommandClient::member).toList());
        Optional<Path> directory = Optional.of(reply.getCheckpointDirectory())
                .filter(d -> !d.isEmpty())
                .map(Path::of);
        return new CoordinatorStatus(computation, reply.getCoordinatorPid(), directory);
    }

    private static ComputationStatus.Member member(MemberStatus m) {
        return new ComputationStatus.Member(
                new MemberInfo(m.getAgentId(), m.getHost(), m.getAgentPid(), m.getProgram(), ""),
                m.getAnswered(),
                m.getProcessesList().stream()
                        .map(p -> new ProcessInfo(p.getPid(), p.getRealPid(), p.getProgram(), p.getState()))
                        .toList());
    }

    /** Asks for a checkpoint. Has no bound of its own: the coordinator ends every round, and its death ends the call. */
    public CheckpointResult checkpoint(CheckpointMode mode) throws CoordinatorException {
        org.jdmtcp.coordinator.proto.CheckpointMode wire = switch (mode) {
            case START -> org.jdmtcp.coordinator.proto.CheckpointMode.CHECKPOINT_START;
            case WAIT -> org.jdmtcp.coordinator.proto.CheckpointMode.CHECKPOINT_WAIT;
            case KILL -> org.jdmtcp.coordinator.proto.CheckpointMode.CHECKPOINT_KILL;
        };
        CheckpointReply reply = call(stub ->
                stub.checkpoint(CheckpointRequest.newBuilder().setMode(wire).build()));
        List<String> reasons = reply.getReasonsList();
        return switch (reply.getVerdict()) {
            case STARTED -> new CheckpointResult.Started(reply.getGeneration());
            case COMMITTED ->
                new CheckpointResult.Committed(
                        reply.getGeneration(),
                        reply.getImagesList().stream()
                                .map(i -> new CheckpointImage(i.getAgentId(), i.getHost(), i.getPath(), i.getBytes()))
                                .toList(),
                        reply.getNotGoneList());
            case ALREADY_RUNNING -> new CheckpointResult.AlreadyRunning();
            case NO_MEMBERS -> new CheckpointResult.NoMembers();
            case REFUSED -> new CheckpointResult.Refused(reasons);
            case FAILED -> new CheckpointResult.Failed(reasons);
            case CHECKPOINT_VERDICT_UNSPECIFIED, UNRECOGNIZED ->
                throw new CoordinatorException(
                        Kind.FAILED,
                        "the coordinator at " + channel.address() + " gave an answer that is not known here");
        };
    }

    /** Sets the interval of automatic checkpoints, in seconds; 0 for never. */
    public void setInterval(long seconds) throws CoordinatorException {
        call(stub -> stub.withDeadlineAfter(QUICK_SECONDS, TimeUnit.SECONDS)
                .changeInterval(
                        ChangeIntervalRequest.newBuilder().setSeconds(seconds).build()));
    }

    /** Kills all processes, and ends the coordinator too if {@code quit}. Returns when they are gone, or who is not within 10 s. */
    public KillResult kill(boolean quit) throws CoordinatorException {
        KillReply reply = call(stub -> stub.withDeadlineAfter(KILL_SECONDS, TimeUnit.SECONDS)
                .kill(KillRequest.newBuilder().setQuit(quit).build()));
        return new KillResult(reply.getKilled(), reply.getNotGoneList());
    }

    /** Each agent's last checkpoint or restart. */
    public List<AgentTrace> traces() throws CoordinatorException {
        TraceReply reply = call(stub ->
                stub.withDeadlineAfter(QUICK_SECONDS, TimeUnit.SECONDS).lastTrace(TraceRequest.getDefaultInstance()));
        return reply.getAgentsList().stream()
                .map(a -> new AgentTrace(
                        new MemberInfo(a.getAgentId(), a.getHost(), a.getAgentPid(), a.getProgram(), ""),
                        a.hasTimeline() ? Optional.of(TraceMessages.trace(a.getTimeline())) : Optional.empty()))
                .toList();
    }

    private <T> T call(Function<CommandsBlockingStub, T> call) throws CoordinatorException {
        try {
            return call.apply(CommandsGrpc.newBlockingStub(channel.channel()));
        } catch (StatusRuntimeException e) {
            throw CallFailure.ofCall(channel.address(), e);
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
