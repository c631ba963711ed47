package org.jdmtcp.core.agent;

/**
 * A process that the agent is responsible for.
 *
 * @param pid as the agent sees it
 * @param ownPid as the process itself sees it; differs in a pid namespace
 * @param program its command name
 * @param state {@code running}, {@code stopped} or {@code zombie}
 */
public record Member(int pid, int ownPid, String program, String state) {}
