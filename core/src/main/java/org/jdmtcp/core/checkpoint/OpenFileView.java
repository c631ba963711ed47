package org.jdmtcp.core.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jdmtcp.core.procfs.FdInfo;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.ProcessView;
import org.jspecify.annotations.Nullable;

/** An open file of the computation while everything is stopped. Closing it closes the agent's own descriptor of it. */
final class OpenFileView implements DescriptorView, AutoCloseable {
    private final OpenFiles all;
    private final long id;
    private final String target;
    private final FileStatus status;
    private final FdInfo info;
    private final List<Holder> holders = new ArrayList<>();
    private final Supplier<Fd> opener;
    private @Nullable Fd fd;

    /**
     * @param id unique in the checkpoint
     * @param opener makes a descriptor of the agent for the open file
     */
    OpenFileView(
            final OpenFiles all,
            final long id,
            final String target,
            final FileStatus status,
            final FdInfo info,
            final Holder first,
            final Supplier<Fd> opener) {
        this.all = all;
        this.id = id;
        this.target = target;
        this.status = status;
        this.info = info;
        this.opener = opener;
        holders.add(first);
    }

    long id() {
        return id;
    }

    /** @throws Refusal where something hangs on this open file that takes a process to restore, and none has it open */
    void refuseStateInFlight() {
        if (number() != OpenFiles.IN_FLIGHT) {
            return;
        }
        if (!info.locks().isEmpty()) {
            throw new Refusal(describe() + " holds a file lock (" + info.locks().getFirst()
                    + "), which cannot be restored there; checkpoint when it was received");
        }
        if ((info.flags() & FileCalls.O_ASYNC) != 0) {
            throw new Refusal(describe() + " is in signal-driven mode (O_ASYNC), which cannot be restored there;"
                    + " checkpoint when it was received");
        }
    }

    void add(final Holder holder) {
        holders.add(holder);
    }

    @Override
    public ProcessView process() {
        return holders.getFirst().process();
    }

    @Override
    public int number() {
        return holders.getFirst().number();
    }

    @Override
    public List<Holder> holders() {
        return List.copyOf(holders);
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public FileStatus status() {
        return status;
    }

    @Override
    public int flags() {
        return info.flags() & ~FileCalls.O_CLOEXEC;
    }

    @Override
    public long position() {
        return info.pos();
    }

    @Override
    public List<String> info() {
        return info.lines();
    }

    @Override
    public Fd open() {
        Fd open = fd;
        if (open == null) {
            open = opener.get();
            fd = open;
        }
        return open;
    }

    @Override
    public OptionalInt standardStream() {
        return number() == OpenFiles.MAPPED ? OptionalInt.empty() : all.standardStream(this);
    }

    @Override
    public List<DescriptorView> others() {
        return all.sameInode(this);
    }

    @Override
    public List<DescriptorView> computation() {
        return List.copyOf(all.views());
    }

    @Override
    public OptionalInt member(final int id) {
        return all.member(id);
    }

    @Override
    public List<String> outsiders() {
        return all.outsiders(this);
    }

    @Override
    public boolean wantsContents() {
        return all.wantsContents();
    }

    @Override
    public long keepContents(final long size) {
        return all.keepContents(this, size);
    }

    @Override
    public long keepContents(final Fd file, final long size) {
        return all.keepContents(this, file, size);
    }

    @Override
    public long inFlight(final Fd found) {
        return all.inFlight(this, found);
    }

    @Override
    public String describe() {
        final String what = switch (number()) {
            case OpenFiles.MAPPED -> "the mapped file";
            case OpenFiles.IN_FLIGHT -> "a descriptor on its way";
            default -> "fd " + number();
        };
        return what + " (" + target + ") of " + process().command() + " (pid "
                + process().ownPid() + ")";
    }

    @Override
    public void close() {
        final Fd open = fd;
        if (open != null) {
            open.close();
        }
    }
}
