/**
 * Timers: the interval timers and POSIX timers of a process, and timerfd. One class for each kind, with its questions, what
 * becomes of the answers, and its restore side by side; {@link org.jdmtcp.plugin.timer.TimerPlugin} lists them.
 *
 * <p>A relative timer goes on with the time that it had left. A timerfd that was armed for a point in time expires then, by
 * its clock; of the other timers the kernel does not tell how they were armed.
 */
@NullMarked
package org.jdmtcp.plugin.timer;

import org.jspecify.annotations.NullMarked;
