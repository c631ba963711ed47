package org.jdmtcp.coordinator.rpc;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.ProcessInfo;
import org.jdmtcp.coordinator.agent.AgentConnection;
import org.jdmtcp.coordinator.agent.AgentHello;
import org.jdmtcp.coordinator.agent.AgentListener;
import org.jdmtcp.coordinator.agent.CheckpointOrder;
import org.jdmtcp.coordinator.agent.RoundAbortedException;
import org.jdmtcp.coordinator.agent.WrittenImage;
import org.jdmtcp.coordinator.auth.Secret;

/** An agent without programs that does its part of a round up to a given step, and notes what it hears. */
final class TestAgent implements AgentListener, AutoCloseable {
    /** Where it stops: it hears the order of that step and then does nothing more. */
    enum StopAt {
        CHECKPOINT,
        CAPTURE,
        PROCEED,
        COMMIT,
        NEVER
    }

    private final String name;
    private final StopAt stopAt;
    private final AgentConnection connection;
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    TestAgent(String name, StopAt stopAt, int port, Secret secret) throws CoordinatorException {
        this.name = name;
        this.stopAt = stopAt;
        this.connection = AgentConnection.connect(
                CoordinatorAddress.local(port),
                secret,
                new AgentHello("host", 42, name, "boot", Optional.empty()),
                this);
    }

    AgentConnection connection() {
        return connection;
    }

    void awaitHeard(String what) throws InterruptedException {
        String next;
        do {
            next = heard.poll(5, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError(name + " never heard " + what);
            }
        } while (!next.equals(what));
    }

    @Override
    public void onCheckpoint(CheckpointOrder order) {
        heard.add("checkpoint");
        if (stopAt == StopAt.CHECKPOINT) {
            return;
        }
        connection.reportSuspended(order.round());
        try {
            connection.await(order.round(), "suspended", Duration.ofSeconds(5));
            if (stopAt != StopAt.CAPTURE) {
                connection.reportCaptured(order.round());
            } else {
                heard.add("suspended");
            }
        } catch (RoundAbortedException e) {
            heard.add("wait ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onProceed(long round) {
        heard.add("proceed");
        if (stopAt != StopAt.PROCEED) {
            connection.reportWritten(round, List.of(new WrittenImage("/ckpt/" + name, 5)));
        }
    }

    @Override
    public void onCommit(CheckpointCommit commit) {
        heard.add("commit");
        if (stopAt != StopAt.COMMIT) {
            connection.reportCommitted(commit.round());
        }
    }

    @Override
    public void onAbort(long round, String reason) {
        heard.add("abort");
    }

    @Override
    public void onKill() {
        heard.add("kill");
        connection.close();
    }

    @Override
    public List<ProcessInfo> onListProcesses() {
        return List.of(new ProcessInfo(1, 100, name, "running"), new ProcessInfo(2, 101, name, "running"));
    }

    @Override
    public void onDisconnected() {
        heard.add("disconnected");
    }

    @Override
    public void close() {
        connection.close();
    }
}
