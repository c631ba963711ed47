package org.jdmtcp.spi;

import org.jdmtcp.spi.linux.ClockCalls;

/**
 * What clocks showed at one moment, in nanoseconds.
 *
 * @param monotonic CLOCK_MONOTONIC
 * @param boottime CLOCK_BOOTTIME
 * @param realtime CLOCK_REALTIME, since 1970
 */
public record ClockTimes(long monotonic, long boottime, long realtime) {
    /** The clocks as this process, the agent, sees them now. */
    public static ClockTimes now() {
        return new ClockTimes(
                ClockCalls.time(ClockCalls.CLOCK_MONOTONIC),
                ClockCalls.time(ClockCalls.CLOCK_BOOTTIME),
                ClockCalls.time(ClockCalls.CLOCK_REALTIME));
    }
}
