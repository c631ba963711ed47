package org.jdmtcp.coordinator.rpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Optional;
import org.jdmtcp.coordinator.TraceMessages;
import org.jdmtcp.coordinator.proto.AgentsGrpc;
import org.jdmtcp.coordinator.proto.FromAgent;
import org.jdmtcp.coordinator.proto.Join;
import org.jdmtcp.coordinator.proto.Rejected;
import org.jdmtcp.coordinator.proto.ToAgent;
import org.jdmtcp.coordinator.proto.Trace;
import org.jdmtcp.coordinator.proto.Welcome;
import org.jdmtcp.coordinator.state.Answer;
import org.jdmtcp.coordinator.state.Computation;
import org.jdmtcp.coordinator.state.JoinResult;
import org.jdmtcp.coordinator.state.MemberInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates the agents' streams. */
final class AgentService extends AgentsGrpc.AgentsImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(AgentService.class);

    private final EventLoop loop;
    private final AgentStreams streams;
    private final Optional<Path> checkpointDirectory;

    AgentService(EventLoop loop, AgentStreams streams, Optional<Path> checkpointDirectory) {
        this.loop = loop;
        this.streams = streams;
        this.checkpointDirectory = checkpointDirectory;
    }

    @Override
    public StreamObserver<FromAgent> connect(StreamObserver<ToAgent> outgoing) {
        Replies.expectDeparture(outgoing);
        return new Incoming(outgoing);
    }

    private final class Incoming implements StreamObserver<FromAgent> {
        private final StreamObserver<ToAgent> outgoing;
        /** Empty until the agent has joined. The loop's thread only. */
        private String agentId = "";

        Incoming(StreamObserver<ToAgent> outgoing) {
            this.outgoing = outgoing;
        }

        @Override
        public void onNext(FromAgent message) {
            loop.execute(computation -> {
                if (message.hasJoin() && agentId.isEmpty()) {
                    join(computation, message.getJoin());
                } else if (!agentId.isEmpty() && streams.isCurrent(agentId, outgoing)) {
                    dispatch(computation, message);
                }
            });
        }

        private void join(Computation computation, Join join) {
            MemberInfo info = new MemberInfo(
                    join.getAgentId(), join.getHost(), join.getPid(), join.getProgram(), join.getBootId());
            switch (computation.join(info, join.getComputationId(), join.getGeneration())) {
                case JoinResult.Joined joined -> {
                    agentId = info.agentId();
                    streams.put(agentId, outgoing);
                    outgoing.onNext(ToAgent.newBuilder()
                            .setWelcome(Welcome.newBuilder()
                                    .setComputationId(joined.computationId())
                                    .setGeneration(joined.generation())
                                    .setIntervalSeconds(joined.intervalSeconds())
                                    .setCheckpointDirectory(checkpointDirectory
                                            .map(Path::toString)
                                            .orElse("")))
                            .build());
                }
                case JoinResult.Rejected rejected -> {
                    outgoing.onNext(ToAgent.newBuilder()
                            .setRejected(Rejected.newBuilder().setReason(rejected.reason()))
                            .build());
                    outgoing.onCompleted();
                }
            }
        }

        private void dispatch(Computation computation, FromAgent message) {
            switch (message.getMessageCase()) {
                case LEAVE -> leave(computation);
                case SUSPENDED ->
                    computation.answer(agentId, message.getSuspended().getRound(), new Answer.Suspended());
                case CAPTURED ->
                    computation.answer(agentId, message.getCaptured().getRound(), new Answer.Captured());
                case REFUSED ->
                    computation.answer(
                            agentId,
                            message.getRefused().getRound(),
                            new Answer.Refused(message.getRefused().getReason()));
                case WRITTEN ->
                    computation.answer(
                            agentId,
                            message.getWritten().getRound(),
                            new Answer.Written(
                                    Messages.images(message.getWritten().getImagesList())));
                case PROGRESS ->
                    computation.answer(
                            agentId,
                            message.getProgress().getRound(),
                            new Answer.Progress(message.getProgress().getBytes()));
                case COMMITTED ->
                    computation.answer(agentId, message.getCommitted().getRound(), new Answer.Committed());
                case FAILED ->
                    computation.answer(
                            agentId,
                            message.getFailed().getRound(),
                            new Answer.Failed(message.getFailed().getReason()));
                case BARRIER_REACHED ->
                    computation.barrier(
                            agentId,
                            message.getBarrierReached().getRound(),
                            message.getBarrierReached().getName());
                case PROCESSES ->
                    computation.processes(
                            agentId,
                            message.getProcesses().getRequest(),
                            Messages.processes(message.getProcesses().getProcessesList()));
                case TRACE -> {
                    Trace trace = message.getTrace();
                    computation.trace(
                            agentId,
                            trace.getRequest(),
                            trace.hasTimeline()
                                    ? Optional.of(TraceMessages.trace(trace.getTimeline()))
                                    : Optional.empty());
                }
                case SET_INTERVAL ->
                    computation.setInterval(Math.max(0, message.getSetInterval().getSeconds()));
                case JOIN, MESSAGE_NOT_SET -> LOG.debug("ignored {} from {}", message.getMessageCase(), agentId);
            }
        }

        private void leave(Computation computation) {
            streams.remove(agentId);
            computation.left(agentId, true);
            agentId = "";
            outgoing.onCompleted();
        }

        @Override
        public void onError(Throwable t) {
            LOG.debug("an agent's stream broke off: {}", Status.fromThrowable(t));
            gone();
        }

        @Override
        public void onCompleted() {
            gone();
        }

        /** The stream is over; without a Leave before, the agent counts as dead. */
        private void gone() {
            loop.execute(computation -> {
                if (!agentId.isEmpty() && streams.isCurrent(agentId, outgoing)) {
                    streams.remove(agentId);
                    computation.left(agentId, false);
                    agentId = "";
                    outgoing.onCompleted();
                }
            });
        }
    }
}
