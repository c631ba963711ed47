package org.jdmtcp.coordinator.agent;

import java.util.Optional;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.state.ValueOperator;

/**
 * Key-value pairs that all agents of a computation see. Publish, pass a global barrier, then query.
 *
 * <p>May be used from any thread; each call is one round trip of at most 10 s.
 */
public interface SharedValues {
    /** The value of a key; empty where it was never set. */
    Optional<byte[]> get(String database, String key) throws CoordinatorException;

    /** Sets a key, whatever it was before. */
    void set(String database, String key, byte[] value) throws CoordinatorException;

    /**
     * Changes a number in one step and returns the new one. A key never set becomes the operand itself, for every operator; so
     * {@code INCRBY 1} returns 1 to exactly one agent, which is how a leader is elected. Numbers are kept as decimal ASCII, as
     * {@link #get} shows them.
     *
     * @throws CoordinatorException of kind REJECTED where the value is not a decimal number or the sum does not fit 64 bits
     */
    long update(ValueOperator operator, String database, String key, long operand) throws CoordinatorException;
}
