package org.jdmtcp.coordinator.agent;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.CoordinatorException.Kind;
import org.jdmtcp.coordinator.auth.Secret;
import org.jdmtcp.coordinator.client.CoordinatorChannel;
import org.jdmtcp.coordinator.proto.AgentsGrpc;
import org.jdmtcp.coordinator.proto.FromAgent;
import org.jdmtcp.coordinator.proto.Join;
import org.jdmtcp.coordinator.proto.Leave;
import org.jdmtcp.coordinator.proto.ToAgent;
import org.jdmtcp.coordinator.proto.Welcome;
import org.jspecify.annotations.Nullable;

/** One stream to the coordinator, from Join to its end. For any thread; owns the channel. */
final class AgentSession implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    /** What an established session tells, on the transport's thread, one at a time. */
    interface Receiver {
        void received(AgentSession session, ToAgent message);

        /** Told once, also where the session had ended before it was listened to. */
        void lost(AgentSession session, String why);
    }

    private final CoordinatorChannel channel;
    private final CompletableFuture<Welcome> welcome = new CompletableFuture<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final List<ToAgent> early = new ArrayList<>();
    private @Nullable Receiver receiver;
    /**
     * Guards what is sent, and nothing else: the transport locks its connection to take a message, and has it locked when it
     * brings one, so a lock that both ways need would stop both for good.
     */
    private final Object sending = new Object();

    private @Nullable StreamObserver<FromAgent> outgoing;
    private boolean closed;

    private AgentSession(CoordinatorChannel channel) {
        this.channel = channel;
    }

    /** Connects, joins and waits for the welcome. What comes after that is kept until {@link #listen}. */
    static AgentSession open(CoordinatorAddress address, Secret secret, Join join) throws CoordinatorException {
        AgentSession session = new AgentSession(CoordinatorChannel.open(address, secret, CONNECT));
        try {
            session.join(join);
            return session;
        } catch (CoordinatorException | RuntimeException e) {
            session.channel.close();
            throw e;
        }
    }

    private void join(Join join) throws CoordinatorException {
        StreamObserver<FromAgent> stream = AgentsGrpc.newStub(channel.channel()).connect(new Incoming());
        synchronized (sending) {
            outgoing = stream;
        }
        send(FromAgent.newBuilder().setJoin(join).build());
        try {
            welcome.get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new CoordinatorException(
                    Kind.FAILED, "the coordinator at " + channel.address() + " does not answer", e);
        } catch (ExecutionException e) {
            Kind kind = e.getCause() instanceof CoordinatorException c ? c.kind() : Kind.FAILED;
            String why = e.getCause() == null
                    ? e.toString()
                    : String.valueOf(e.getCause().getMessage());
            throw new CoordinatorException(kind, why, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinatorException(Kind.FAILED, "interrupted while joining the computation", e);
        }
    }

    /** From now on the receiver hears everything, first what came before. */
    void listen(Receiver listener) {
        synchronized (this) {
            early.forEach(message -> listener.received(this, message));
            early.clear();
            receiver = listener;
        }
        ended.thenAccept(why -> listener.lost(this, why));
    }

    private void deliver(ToAgent message) {
        Receiver listener;
        synchronized (this) {
            listener = receiver;
            if (listener == null) {
                early.add(message);
                return;
            }
        }
        listener.received(this, message);
    }

    /** What the coordinator said when it took this agent in. */
    Welcome welcome() {
        return welcome.join();
    }

    CoordinatorChannel channel() {
        return channel;
    }

    /** Sends, or drops the message where the stream has ended. */
    void send(FromAgent message) {
        synchronized (sending) {
            if (outgoing != null && !closed && !ended.isDone()) {
                outgoing.onNext(message);
            }
        }
    }

    /** Says goodbye, so that the end of the stream is not taken for a death, and waits a moment for the answer. */
    @Override
    public void close() {
        synchronized (sending) {
            if (closed) {
                return;
            }
            send(FromAgent.newBuilder().setLeave(Leave.getDefaultInstance()).build());
            closed = true;
            if (outgoing != null && !ended.isDone()) {
                outgoing.onCompleted();
            }
        }
        try {
            ended.get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // the coordinator does not answer: it learns from the end of the connection
        } finally {
            channel.close();
        }
    }

    private final class Incoming implements StreamObserver<ToAgent> {
        @Override
        public void onNext(ToAgent message) {
            if (message.hasWelcome()) {
                welcome.complete(message.getWelcome());
            } else if (message.hasRejected()) {
                welcome.completeExceptionally(new CoordinatorException(
                        Kind.REJECTED, message.getRejected().getReason()));
            } else {
                deliver(message);
            }
        }

        @Override
        public void onError(Throwable t) {
            Status status = Status.fromThrowable(t);
            Kind kind = status.getCode() == Status.Code.UNAUTHENTICATED ? Kind.AUTHENTICATION : Kind.FAILED;
            String why = "the connection to the coordinator at " + channel.address() + " broke off ("
                    + (status.getDescription() == null ? status.getCode() : status.getDescription()) + ")";
            end(kind, why);
        }

        @Override
        public void onCompleted() {
            end(Kind.FAILED, "the coordinator at " + channel.address() + " ended the connection");
        }

        private void end(Kind kind, String why) {
            welcome.completeExceptionally(new CoordinatorException(kind, why));
            ended.complete(why);
        }
    }
}
