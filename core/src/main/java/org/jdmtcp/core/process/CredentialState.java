package org.jdmtcp.core.process;

import java.util.List;
import org.jdmtcp.core.process.message.Credentials;
import org.jdmtcp.core.procfs.Ids;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Who a thread is and what it may do: ids, groups, capabilities. At a restart only what differs from the new thread's own is
 * set, so that an ordinary user's programs need no privilege.
 */
public final class CredentialState {
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_SECUREBITS = 28;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int SECBIT_KEEP_CAPS = 1 << 4;
    private static final int CAPABILITIES = 64;
    private static final long CAPABILITY_VERSION_3 = 0x20080522L;

    private CredentialState() {}

    /** From {@code /proc/PID/status}. */
    public static Credentials capture(final Status status, final int securebits) {
        return Credentials.newBuilder()
                .addAllUids(ids(status.uid()))
                .addAllGids(ids(status.gid()))
                .addAllGroups(status.groups())
                .setInheritable(status.capInheritable())
                .setPermitted(status.capPermitted())
                .setEffective(status.capEffective())
                .setBounding(status.capBounding())
                .setAmbient(status.capAmbient())
                .setSecurebits(securebits)
                .setNoNewPrivs(status.noNewPrivs())
                .build();
    }

    private static List<Integer> ids(final Ids ids) {
        return List.of(ids.real(), ids.effective(), ids.saved(), ids.filesystem());
    }

    /**
     * Adds the calls that turn {@code now} into {@code wanted}. The order matters: groups and ids need capabilities; a change
     * of uid drops capabilities unless they are kept; the bounding set can be lowered only while CAP_SETPCAP is there.
     */
    public static void restore(final Batch batch, final Credentials now, final Credentials wanted) {
        if (now.equals(wanted)) {
            return;
        }
        if (!now.getGroupsList().equals(wanted.getGroupsList())) {
            batch.must(SystemCall.SETGROUPS, wanted.getGroupsCount(), batch.put(ints(wanted.getGroupsList())));
        }
        final boolean newIds = !now.getUidsList().equals(wanted.getUidsList())
                || !now.getGidsList().equals(wanted.getGidsList());
        final long lost = now.getBounding() & ~wanted.getBounding();
        for (int capability = 0; capability < CAPABILITIES; capability++) {
            if ((lost & 1L << capability) != 0) {
                batch.must(SystemCall.PRCTL, PR_CAPBSET_DROP, capability, 0, 0, 0);
            }
        }
        if (newIds) {
            restoreIds(batch, now, wanted);
        }
        restoreCapabilities(batch, now, wanted, newIds);
        if (wanted.getNoNewPrivs() && !now.getNoNewPrivs()) {
            batch.must(SystemCall.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        }
    }

    private static void restoreIds(final Batch batch, final Credentials now, final Credentials wanted) {
        batch.must(SystemCall.PRCTL, PR_SET_SECUREBITS, now.getSecurebits() | SECBIT_KEEP_CAPS);
        final List<Integer> gids = wanted.getGidsList();
        batch.must(SystemCall.SETRESGID, gids.get(0), gids.get(1), gids.get(2));
        batch.add(SystemCall.SETFSGID, gids.get(3));
        final List<Integer> uids = wanted.getUidsList();
        batch.must(SystemCall.SETRESUID, uids.get(0), uids.get(1), uids.get(2));
        batch.add(SystemCall.SETFSUID, uids.get(3));
    }

    private static void restoreCapabilities(
            final Batch batch, final Credentials now, final Credentials wanted, final boolean newIds) {
        final boolean sameSets = now.getInheritable() == wanted.getInheritable()
                && now.getPermitted() == wanted.getPermitted()
                && now.getEffective() == wanted.getEffective();
        final boolean newBits = newIds || now.getSecurebits() != wanted.getSecurebits();
        if (newBits) {
            // Setting securebits takes CAP_SETPCAP, which a change of uid leaves permitted but not effective.
            capset(batch, now.getPermitted(), now.getPermitted(), now.getInheritable());
            batch.must(SystemCall.PRCTL, PR_SET_SECUREBITS, wanted.getSecurebits());
        }
        if (!sameSets || newBits) {
            capset(batch, wanted.getEffective(), wanted.getPermitted(), wanted.getInheritable());
        }
        if (now.getAmbient() != wanted.getAmbient()) {
            batch.must(SystemCall.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
            for (int capability = 0; capability < CAPABILITIES; capability++) {
                if ((wanted.getAmbient() & 1L << capability) != 0) {
                    batch.must(SystemCall.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
                }
            }
        }
    }

    private static void capset(final Batch batch, final long effective, final long permitted, final long inheritable) {
        final long header = batch.put(SignalActions.longs(CAPABILITY_VERSION_3));
        final long data = batch.put(ints(List.of(
                (int) effective,
                (int) permitted,
                (int) inheritable,
                (int) (effective >>> 32),
                (int) (permitted >>> 32),
                (int) (inheritable >>> 32))));
        batch.must(SystemCall.CAPSET, header, data);
    }

    private static byte[] ints(final List<Integer> values) {
        final java.nio.ByteBuffer bytes =
                java.nio.ByteBuffer.allocate(values.size() * 4).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        values.forEach(bytes::putInt);
        return bytes.array();
    }
}
