package org.jdmtcp.coordinator.state;

import java.util.Optional;
import org.jdmtcp.coordinator.Trace;

/**
 * What one agent tells of its last checkpoint or restart.
 *
 * @param trace empty where there was none yet, or where the agent did not answer
 */
public record AgentTrace(MemberInfo info, Optional<Trace> trace) {}
