package org.jdmtcp.coordinator.state;

/** Takes orders to agents; never blocks, never fails, and does not call back into the state machines. */
@FunctionalInterface
public interface Post {
    void send(String agentId, Order order);
}
