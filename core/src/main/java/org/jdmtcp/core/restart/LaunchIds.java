package org.jdmtcp.core.restart;

import java.util.function.ToIntFunction;
import org.jdmtcp.core.process.message.Identity;

/**
 * The numbers of the group and the session in which the computation was launched, as far as it is to have them again. They
 * belonged to somebody else's shell, so that a restart puts the processes into its own, whose job control they obey then. In a
 * pid namespace without a terminal nothing speaks for that: there they are as free as all others.
 *
 * @param group 0: that of dmtcp_restart
 * @param session 0: that of dmtcp_restart
 */
record LaunchIds(int group, int session) {
    /** Those of dmtcp_restart. */
    static final LaunchIds OURS = new LaunchIds(0, 0);

    /** The original ones. */
    static LaunchIds of(final RestartImages images) {
        return new LaunchIds(
                seen(images, Identity::getGroup, Identity::getSeenGroup),
                seen(images, Identity::getSession, Identity::getSeenSession));
    }

    private static int seen(
            final RestartImages images, final ToIntFunction<Identity> number, final ToIntFunction<Identity> seen) {
        return images.all().stream()
                .map(image -> image.process().getIdentity())
                .filter(identity -> number.applyAsInt(identity) == 0)
                .mapToInt(seen)
                .findFirst()
                .orElse(0);
    }

    /** The group that a process with this group in its image is to join; 0 for none. */
    int group(final int inImage) {
        return inImage != 0 ? inImage : group;
    }

    /** Likewise its session. */
    int session(final int inImage) {
        return inImage != 0 ? inImage : session;
    }
}
