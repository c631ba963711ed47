package org.jdmtcp.plugin.fd;

import com.google.protobuf.Parser;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.DescriptorView.Holder;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.RestoredDescriptor;

/**
 * A file of {@code /proc} that tells a process about itself, such as {@code /proc/self/stat}, which many read now and then. The
 * process opens it again when it is whole, with the number that it has there; what it then reads is news, as it always is.
 */
final class ProcessFile implements DescriptorKind<ProcessFileState> {
    /** Not the files of a thread: threads come later. */
    private static final Pattern OF_ONE_PROCESS = Pattern.compile("/proc/(\\d+)/(?!task/).*");

    private static final int AT_FDCWD = -100;

    @Override
    public String name() {
        return "process-file";
    }

    @Override
    public Parser<ProcessFileState> parser() {
        return ProcessFileState.parser();
    }

    @Override
    public Optional<ProcessFileState> inspect(final DescriptorView descriptor) {
        final Matcher path = OF_ONE_PROCESS.matcher(descriptor.target());
        final int process = descriptor.process().ownPid();
        final boolean isOwn = path.matches() && path.group(1).equals(Integer.toString(process));
        // More processes could not share an offset in files that each has opened for itself.
        if (!isOwn
                || !descriptor.status().isRegular()
                || (descriptor.flags() & FileCalls.O_PATH) != 0
                || descriptor.holders().stream().anyMatch(h -> h.process().ownPid() != process)) {
            return Optional.empty();
        }
        return Optional.of(ProcessFileState.newBuilder()
                .setPath(BytePath.bytes(descriptor.target()))
                .setFlags(descriptor.flags())
                .setPosition(descriptor.position())
                .build());
    }

    /** Something that keeps the number until the process is whole. */
    @Override
    public Fd restore(final ProcessFileState state, final RestoreContext context) {
        return FileCalls.open("/dev/null", FileCalls.O_RDWR);
    }

    @Override
    public void attach(final ProcessFileState state, final RestoredDescriptor descriptor) {
        final String path = BytePath.of(state.getPath());
        try {
            open(path, state, descriptor);
        } catch (final LinuxException e) {
            throw new Refusal(
                    path + ", which process " + descriptor.process().ownPid() + " had open, cannot be opened again: "
                            + e.getMessage() + "; checkpoint when it is closed",
                    e);
        }
    }

    private static void open(final String path, final ProcessFileState state, final RestoredDescriptor descriptor) {
        final RemoteBatch open = descriptor.process().batch();
        final int opened = open.must(
                SystemCall.OPENAT, AT_FDCWD, open.putString(path), StatusFlags.forReopening(state.getFlags()), 0);
        final long number = open.run().result(opened);
        final List<Holder> holders = descriptor.holders();
        final RemoteBatch place = descriptor.process().batch();
        // A file without an offset, such as one that is only written, has none to restore.
        place.add(SystemCall.LSEEK, number, state.getPosition(), FileCalls.SEEK_SET);
        holders.forEach(holder ->
                place.must(SystemCall.DUP3, number, holder.number(), holder.closeOnExec() ? FileCalls.O_CLOEXEC : 0));
        place.must(SystemCall.CLOSE, number);
        place.run();
    }
}
