package org.jdmtcp.coordinator.rpc;

import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import org.jdmtcp.coordinator.proto.ToAgent;
import org.jdmtcp.coordinator.state.Order;
import org.jdmtcp.coordinator.state.Post;

/** The open stream of each agent. Used by the loop's thread only. */
final class AgentStreams implements Post {
    private final Map<String, StreamObserver<ToAgent>> streams = new HashMap<>();

    /** Puts a stream in the place of any that the agent had before, which is ended. */
    void put(String agentId, StreamObserver<ToAgent> stream) {
        StreamObserver<ToAgent> old = streams.put(agentId, stream);
        if (old != null) {
            old.onCompleted();
        }
    }

    boolean isCurrent(String agentId, StreamObserver<ToAgent> stream) {
        return streams.get(agentId) == stream;
    }

    void remove(String agentId) {
        streams.remove(agentId);
    }

    @Override
    public void send(String agentId, Order order) {
        StreamObserver<ToAgent> stream = streams.get(agentId);
        if (stream != null) {
            stream.onNext(Messages.order(order));
        }
    }

    /** Ends every stream: the coordinator ends. */
    void completeAll() {
        streams.values().forEach(StreamObserver::onCompleted);
        streams.clear();
    }
}
