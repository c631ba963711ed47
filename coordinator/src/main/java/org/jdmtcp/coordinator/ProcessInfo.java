package org.jdmtcp.coordinator;

/**
 * One process of a computation, as its agent describes it.
 *
 * @param pid the pid that the process itself sees
 * @param realPid the pid by which the agent's host knows it; differs where a pid namespace is used
 * @param program the name of the program, as in {@code /proc/PID/comm}
 * @param state a word for people, such as {@code running} or {@code suspended}
 */
public record ProcessInfo(int pid, int realPid, String program, String state) {}
