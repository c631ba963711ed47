package org.jdmtcp.coordinator.agent;

import java.util.List;
import java.util.Optional;
import org.jdmtcp.coordinator.CheckpointImage;
import org.jdmtcp.coordinator.ProcessInfo;
import org.jdmtcp.coordinator.TraceMessages;
import org.jdmtcp.coordinator.proto.BarrierReached;
import org.jdmtcp.coordinator.proto.Captured;
import org.jdmtcp.coordinator.proto.Committed;
import org.jdmtcp.coordinator.proto.Failed;
import org.jdmtcp.coordinator.proto.FromAgent;
import org.jdmtcp.coordinator.proto.Image;
import org.jdmtcp.coordinator.proto.MemberProcess;
import org.jdmtcp.coordinator.proto.OrderCheckpoint;
import org.jdmtcp.coordinator.proto.OrderCommit;
import org.jdmtcp.coordinator.proto.Processes;
import org.jdmtcp.coordinator.proto.Progress;
import org.jdmtcp.coordinator.proto.Refused;
import org.jdmtcp.coordinator.proto.SetInterval;
import org.jdmtcp.coordinator.proto.Suspended;
import org.jdmtcp.coordinator.proto.Trace;
import org.jdmtcp.coordinator.proto.Written;

/** Messages to and from, nothing else. */
final class AgentMessages {
    private AgentMessages() {}

    static CheckpointOrder order(OrderCheckpoint m) {
        return new CheckpointOrder(m.getRound(), m.getGeneration(), m.getKillAfter(), m.getMembers());
    }

    static AgentListener.CheckpointCommit commit(OrderCommit m) {
        return new AgentListener.CheckpointCommit(
                m.getRound(),
                m.getImagesList().stream()
                        .map(i -> new CheckpointImage(i.getAgentId(), i.getHost(), i.getPath(), i.getBytes()))
                        .toList());
    }

    static FromAgent suspended(long round) {
        return FromAgent.newBuilder()
                .setSuspended(Suspended.newBuilder().setRound(round))
                .build();
    }

    static FromAgent captured(long round) {
        return FromAgent.newBuilder()
                .setCaptured(Captured.newBuilder().setRound(round))
                .build();
    }

    static FromAgent refused(long round, String reason) {
        return FromAgent.newBuilder()
                .setRefused(Refused.newBuilder().setRound(round).setReason(reason))
                .build();
    }

    static FromAgent written(long round, String agentId, String host, List<WrittenImage> images) {
        Written.Builder written = Written.newBuilder().setRound(round);
        for (WrittenImage image : images) {
            written.addImages(Image.newBuilder()
                    .setAgentId(agentId)
                    .setHost(host)
                    .setPath(image.path())
                    .setBytes(image.bytes()));
        }
        return FromAgent.newBuilder().setWritten(written).build();
    }

    static FromAgent progress(long round, long bytes) {
        return FromAgent.newBuilder()
                .setProgress(Progress.newBuilder().setRound(round).setBytes(bytes))
                .build();
    }

    static FromAgent committed(long round) {
        return FromAgent.newBuilder()
                .setCommitted(Committed.newBuilder().setRound(round))
                .build();
    }

    static FromAgent failed(long round, String reason) {
        return FromAgent.newBuilder()
                .setFailed(Failed.newBuilder().setRound(round).setReason(reason))
                .build();
    }

    static FromAgent barrierReached(long round, String name) {
        return FromAgent.newBuilder()
                .setBarrierReached(BarrierReached.newBuilder().setRound(round).setName(name))
                .build();
    }

    static FromAgent interval(long seconds) {
        return FromAgent.newBuilder()
                .setSetInterval(SetInterval.newBuilder().setSeconds(seconds))
                .build();
    }

    static FromAgent trace(long request, Optional<org.jdmtcp.coordinator.Trace> told) {
        Trace.Builder trace = Trace.newBuilder().setRequest(request);
        told.map(TraceMessages::message).ifPresent(trace::setTimeline);
        return FromAgent.newBuilder().setTrace(trace).build();
    }

    static FromAgent processes(long request, List<ProcessInfo> processes) {
        Processes.Builder list = Processes.newBuilder().setRequest(request);
        for (ProcessInfo process : processes) {
            list.addProcesses(MemberProcess.newBuilder()
                    .setPid(process.pid())
                    .setRealPid(process.realPid())
                    .setProgram(process.program())
                    .setState(process.state()));
        }
        return FromAgent.newBuilder().setProcesses(list).build();
    }
}
