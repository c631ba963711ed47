package org.jdmtcp.coordinator.rpc;

import com.google.common.base.Ticker;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jdmtcp.coordinator.auth.SessionProof;
import org.jdmtcp.coordinator.state.Computation;

/**
 * A coordinator that listens. Owns its port, its threads and its state; several in one process do not know of each other.
 *
 * <p>When it ends its agents live on: their streams are completed, and they look for another coordinator at the same address.
 */
public final class CoordinatorServer implements AutoCloseable {
    private static final long GRACE_MS = 1_000;

    private final NioEventLoopGroup network;
    private final AgentStreams streams;
    private final EventLoop loop;
    private final Server server;

    private CoordinatorServer(NioEventLoopGroup network, AgentStreams streams, EventLoop loop, Server server) {
        this.network = network;
        this.streams = streams;
        this.loop = loop;
        this.server = server;
    }

    /**
     * Listens.
     *
     * @throws BindException where another program uses the port
     * @throws IOException where the address cannot be used for another reason
     */
    public static CoordinatorServer start(ServerSettings settings) throws IOException {
        AgentStreams streams = new AgentStreams();
        Computation computation = new Computation(
                settings.computation(), Ticker.systemTicker(), streams, CoordinatorServer::newComputationId);
        EventLoop loop = new EventLoop(computation, settings.lifetime());
        NioEventLoopGroup network = new NioEventLoopGroup(1);
        // The proofs contain the port, which for port 0 is known only once the server listens.
        CompletableFuture<SessionProof.Server> proofs = new CompletableFuture<>();
        try {
            Server server = listen(settings, network, loop, streams, proofs);
            proofs.complete(new SessionProof.Server(settings.secret(), server.getPort()));
            return new CoordinatorServer(network, streams, loop, server);
        } catch (IOException | RuntimeException e) {
            loop.close();
            network.shutdownGracefully(0, GRACE_MS, TimeUnit.MILLISECONDS);
            throw e;
        }
    }

    private static Server listen(
            ServerSettings settings,
            NioEventLoopGroup network,
            EventLoop loop,
            AgentStreams streams,
            CompletableFuture<SessionProof.Server> proofs)
            throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(settings.bind(), settings.port()))
                .bossEventLoopGroup(network)
                .workerEventLoopGroup(network)
                .channelType(NioServerSocketChannel.class)
                .directExecutor() // the services only translate and hand over to the loop
                .permitKeepAliveWithoutCalls(true)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .intercept(new SessionGuard(proofs))
                .addService(new SessionService(proofs))
                .addService(new AgentService(loop, streams, settings.checkpointDirectory()))
                .addService(new CommandService(loop, settings.checkpointDirectory()))
                .addService(new ValueService(loop));
        if (!settings.bind().isLoopbackAddress()) {
            // A host that vanishes is noticed; on loopback the kernel tells by itself.
            builder.keepAliveTime(20, TimeUnit.SECONDS).keepAliveTimeout(10, TimeUnit.SECONDS);
        }
        try {
            return builder.build().start();
        } catch (IOException e) {
            if (e.getCause() instanceof BindException) {
                BindException inUse = new BindException(
                        "cannot listen on port " + settings.port() + " of "
                                + settings.bind().getHostAddress() + ": "
                                + e.getCause().getMessage()
                                + "; another coordinator may be running there: quit it with dmtcp_command -q, or choose another port");
                inUse.initCause(e);
                throw inUse;
            }
            throw e;
        }
    }

    private static String newComputationId() {
        return HexFormat.of().formatHex(SessionProof.nonce(), 0, 8);
    }

    /** The port on which it listens. */
    public int port() {
        return server.getPort();
    }

    /**
     * What is going on, for the log.
     *
     * @param computation its id; empty before there is one
     * @param generation of the checkpoint that is being made, else of the last one
     */
    public record Place(String computation, long generation) {}

    /** What is going on now. */
    public Place place() {
        return loop.place();
    }

    /** Waits until it is time to end, and returns the reason; {@link #close} does the rest. */
    public String awaitEnd() throws InterruptedException {
        try {
            return loop.over().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the loop never fails", e);
        }
    }

    /** Makes {@link #awaitEnd} return. */
    public void end(String reason) {
        loop.over().complete(reason);
    }

    /** Ends: answers that are on their way arrive, streams are completed, the port is free after it. Idempotent. */
    @Override
    public void close() {
        server.shutdown();
        loop.execute(c -> streams.completeAll());
        try {
            if (!server.awaitTermination(GRACE_MS, TimeUnit.MILLISECONDS)) {
                server.shutdownNow().awaitTermination(GRACE_MS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        loop.close();
        network.shutdownGracefully(0, GRACE_MS, TimeUnit.MILLISECONDS);
    }
}
