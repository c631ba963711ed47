package org.jdmtcp.plugin.timer;

/**
 * How a timerfd gets its time and its unread expirations back.
 *
 * <p>A periodic one that was armed for points in time is armed for the first that was not read: the kernel counts those that
 * have passed, as ever. Otherwise expirations are set, which arming forgets; so they are set afterwards, and one that comes
 * in between would be covered up.
 *
 * @param value what to arm it with, ns; 0 for not at all
 * @param ticks expirations to set then
 */
record Arming(long value, long ticks) {
    /** So long nothing expires after arming, ns. */
    private static final long MARGIN = 1_000_000;

    /** @param setBack by how much its clock was set back since the checkpoint, ns; only for points in time */
    static Arming of(final TimerFdState state, final long setBack) {
        final long ticks = state.getTicks();
        if (state.getRemaining() == 0) {
            return new Arming(0, ticks);
        }
        if ((state.getSettimeFlags() & TimerFd.TFD_TIMER_ABSTIME) == 0) {
            return new Arming(ticks == 0 ? state.getRemaining() : Math.max(MARGIN, state.getRemaining()), ticks);
        }
        final long next = Math.max(1, state.getDeadline() - setBack);
        final boolean sinceTheClockBegan = state.getInterval() == 0 || ticks <= (next - 1) / state.getInterval();
        return sinceTheClockBegan ? new Arming(next - ticks * state.getInterval(), 0) : new Arming(next, ticks);
    }
}
