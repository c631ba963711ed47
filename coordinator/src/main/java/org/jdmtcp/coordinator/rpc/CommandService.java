package org.jdmtcp.coordinator.rpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdmtcp.coordinator.proto.ChangeIntervalReply;
import org.jdmtcp.coordinator.proto.ChangeIntervalRequest;
import org.jdmtcp.coordinator.proto.CheckpointReply;
import org.jdmtcp.coordinator.proto.CheckpointRequest;
import org.jdmtcp.coordinator.proto.CommandsGrpc;
import org.jdmtcp.coordinator.proto.KillReply;
import org.jdmtcp.coordinator.proto.KillRequest;
import org.jdmtcp.coordinator.proto.StatusReply;
import org.jdmtcp.coordinator.proto.StatusRequest;
import org.jdmtcp.coordinator.proto.TraceReply;
import org.jdmtcp.coordinator.proto.TraceRequest;
import org.jdmtcp.coordinator.state.CheckpointResult;

/** Translates the commands. */
final class CommandService extends CommandsGrpc.CommandsImplBase {
    private final EventLoop loop;
    private final Optional<Path> checkpointDirectory;

    CommandService(EventLoop loop, Optional<Path> checkpointDirectory) {
        this.loop = loop;
        this.checkpointDirectory = checkpointDirectory;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusReply> observer) {
        Replies.expectDeparture(observer);
        loop.execute(c -> c.status(status -> Replies.send(
                observer,
                Messages.status(status)
                        .setCoordinatorPid(ProcessHandle.current().pid())
                        .setCheckpointDirectory(
                                checkpointDirectory.map(Path::toString).orElse(""))
                        .build())));
    }

    @Override
    public void checkpoint(CheckpointRequest request, StreamObserver<CheckpointReply> observer) {
        Replies.expectDeparture(observer);
        Consumer<CheckpointResult> reply = result -> Replies.send(observer, Messages.result(result));
        switch (request.getMode()) {
            case CHECKPOINT_START -> loop.execute(c -> reply.accept(c.start()));
            case CHECKPOINT_WAIT -> loop.execute(c -> c.checkpoint(false, reply));
            case CHECKPOINT_KILL -> loop.execute(c -> c.checkpoint(true, reply));
            case CHECKPOINT_MODE_UNSPECIFIED, UNRECOGNIZED ->
                observer.onError(Status.INVALID_ARGUMENT
                        .withDescription("a kind of checkpoint that this coordinator does not know")
                        .asRuntimeException());
        }
    }

    @Override
    public void changeInterval(ChangeIntervalRequest request, StreamObserver<ChangeIntervalReply> observer) {
        Replies.expectDeparture(observer);
        if (request.getSeconds() < 0) {
            observer.onError(Status.INVALID_ARGUMENT
                    .withDescription("an interval is not negative; 0 means never")
                    .asRuntimeException());
            return;
        }
        loop.execute(c -> {
            c.setInterval(request.getSeconds());
            Replies.send(observer, ChangeIntervalReply.getDefaultInstance());
        });
    }

    @Override
    public void lastTrace(TraceRequest request, StreamObserver<TraceReply> observer) {
        Replies.expectDeparture(observer);
        loop.execute(c -> c.traces(traces -> Replies.send(observer, Messages.traces(traces))));
    }

    @Override
    public void kill(KillRequest request, StreamObserver<KillReply> observer) {
        Replies.expectDeparture(observer);
        loop.execute(c -> c.kill(result -> {
            Replies.send(
                    observer,
                    KillReply.newBuilder()
                            .setKilled(result.killed())
                            .addAllNotGone(result.notGone())
                            .build());
            if (request.getQuit()) {
                loop.over().complete("it was told to quit");
            }
        }));
    }
}
