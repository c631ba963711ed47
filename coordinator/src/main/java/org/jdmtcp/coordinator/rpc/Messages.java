package org.jdmtcp.coordinator.rpc;

import java.util.List;
import org.jdmtcp.coordinator.CheckpointImage;
import org.jdmtcp.coordinator.ProcessInfo;
import org.jdmtcp.coordinator.TraceMessages;
import org.jdmtcp.coordinator.proto.AgentTimeline;
import org.jdmtcp.coordinator.proto.BarrierReleased;
import org.jdmtcp.coordinator.proto.CheckpointReply;
import org.jdmtcp.coordinator.proto.CheckpointVerdict;
import org.jdmtcp.coordinator.proto.Image;
import org.jdmtcp.coordinator.proto.ListProcesses;
import org.jdmtcp.coordinator.proto.MemberProcess;
import org.jdmtcp.coordinator.proto.MemberStatus;
import org.jdmtcp.coordinator.proto.OrderAbort;
import org.jdmtcp.coordinator.proto.OrderCheckpoint;
import org.jdmtcp.coordinator.proto.OrderCommit;
import org.jdmtcp.coordinator.proto.OrderKill;
import org.jdmtcp.coordinator.proto.OrderProceed;
import org.jdmtcp.coordinator.proto.StatusReply;
import org.jdmtcp.coordinator.proto.TellTrace;
import org.jdmtcp.coordinator.proto.ToAgent;
import org.jdmtcp.coordinator.proto.TraceReply;
import org.jdmtcp.coordinator.state.AgentTrace;
import org.jdmtcp.coordinator.state.CheckpointResult;
import org.jdmtcp.coordinator.state.ComputationStatus;
import org.jdmtcp.coordinator.state.Order;

/** The state machines' values as messages and back. */
final class Messages {
    private Messages() {}

    static ToAgent order(Order order) {
        ToAgent.Builder to = ToAgent.newBuilder();
        switch (order) {
            case Order.Checkpoint c ->
                to.setCheckpoint(OrderCheckpoint.newBuilder()
                        .setRound(c.round())
                        .setGeneration(c.generation())
                        .setKillAfter(c.killAfter())
                        .setMembers(c.members()));
            case Order.Proceed p -> to.setProceed(OrderProceed.newBuilder().setRound(p.round()));
            case Order.Abort a ->
                to.setAbort(OrderAbort.newBuilder().setRound(a.round()).setReason(a.reason()));
            case Order.Commit c ->
                to.setCommit(OrderCommit.newBuilder()
                        .setRound(c.round())
                        .addAllImages(c.images().stream().map(Messages::image).toList()));
            case Order.Kill k -> to.setKill(OrderKill.getDefaultInstance());
            case Order.BarrierReleased b ->
                to.setBarrierReleased(
                        BarrierReleased.newBuilder().setRound(b.round()).setName(b.barrier()));
            case Order.TellTrace t -> to.setTellTrace(TellTrace.newBuilder().setRequest(t.request()));
            case Order.ListProcesses l ->
                to.setListProcesses(ListProcesses.newBuilder().setRequest(l.request()));
        }
        return to.build();
    }

    static Image image(CheckpointImage image) {
        return Image.newBuilder()
                .setAgentId(image.agentId())
                .setHost(image.host())
                .setPath(image.path())
                .setBytes(image.bytes())
                .build();
    }

    static List<CheckpointImage> images(List<Image> images) {
        return images.stream()
                .map(i -> new CheckpointImage(i.getAgentId(), i.getHost(), i.getPath(), i.getBytes()))
                .toList();
    }

    static List<ProcessInfo> processes(List<MemberProcess> processes) {
        return processes.stream()
                .map(p -> new ProcessInfo(p.getPid(), p.getRealPid(), p.getProgram(), p.getState()))
                .toList();
    }

    static CheckpointReply result(CheckpointResult result) {
        CheckpointReply.Builder reply = CheckpointReply.newBuilder();
        switch (result) {
            case CheckpointResult.Started s ->
                reply.setVerdict(CheckpointVerdict.STARTED).setGeneration(s.generation());
            case CheckpointResult.Committed c ->
                reply.setVerdict(CheckpointVerdict.COMMITTED)
                        .setGeneration(c.generation())
                        .addAllImages(c.images().stream().map(Messages::image).toList())
                        .addAllNotGone(c.notGone());
            case CheckpointResult.AlreadyRunning a -> reply.setVerdict(CheckpointVerdict.ALREADY_RUNNING);
            case CheckpointResult.NoMembers n -> reply.setVerdict(CheckpointVerdict.NO_MEMBERS);
            case CheckpointResult.Refused r ->
                reply.setVerdict(CheckpointVerdict.REFUSED).addAllReasons(r.reasons());
            case CheckpointResult.Failed f ->
                reply.setVerdict(CheckpointVerdict.FAILED).addAllReasons(f.reasons());
        }
        return reply.build();
    }

    static StatusReply.Builder status(ComputationStatus status) {
        StatusReply.Builder reply = StatusReply.newBuilder()
                .setRunning(status.running())
                .setIntervalSeconds(status.intervalSeconds())
                .setComputationId(status.computationId())
                .setGeneration(status.generation());
        for (ComputationStatus.Member member : status.members()) {
            reply.addMembers(MemberStatus.newBuilder()
                    .setAgentId(member.info().agentId())
                    .setHost(member.info().host())
                    .setAgentPid(member.info().pid())
                    .setProgram(member.info().program())
                    .setAnswered(member.answered())
                    .addAllProcesses(
                            member.processes().stream().map(Messages::process).toList()));
        }
        return reply;
    }

    static TraceReply traces(List<AgentTrace> traces) {
        TraceReply.Builder reply = TraceReply.newBuilder();
        for (AgentTrace each : traces) {
            AgentTimeline.Builder agent = AgentTimeline.newBuilder()
                    .setAgentId(each.info().agentId())
                    .setHost(each.info().host())
                    .setAgentPid(each.info().pid())
                    .setProgram(each.info().program());
            each.trace().map(TraceMessages::message).ifPresent(agent::setTimeline);
            reply.addAgents(agent);
        }
        return reply.build();
    }

    private static MemberProcess process(ProcessInfo process) {
        return MemberProcess.newBuilder()
                .setPid(process.pid())
                .setRealPid(process.realPid())
                .setProgram(process.program())
                .setState(process.state())
                .build();
    }
}
