package org.jdmtcp.plugin.fd;

import com.google.protobuf.Empty;
import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.view.MappingView;

/**
 * Memory that a process shares with the kernel: the ring of an AIO context ({@code io_setup(2)}), the rings of io_uring. It
 * looks like any mapped file, but behind it is state that the kernel tells to nobody: requests in flight. Refused.
 */
final class KernelRing implements MappingKind<Empty> {
    private static final String AIO = "/[aio]";

    @Override
    public String name() {
        return "kernel-ring";
    }

    @Override
    public Parser<Empty> parser() {
        return Empty.parser();
    }

    @Override
    public Optional<Empty> inspect(final MappingView mapping) {
        if (mapping.path().equals(AIO)) {
            throw new Refusal(
                    mapping.describe() + " is an AIO context (io_setup), and the kernel does not tell whether requests"
                            + " are in flight; checkpoint when the program has destroyed it (io_destroy), or have it use threads"
                            + " instead");
        }
        if (mapping.path().equals(Unrestorable.IO_URING)) {
            throw new Refusal(
                    mapping.describe() + " is a ring of io_uring, which cannot be restored; have the program do"
                            + " without (kernel.io_uring_disabled; most programs fall back to epoll), or checkpoint when it is closed");
        }
        return Optional.empty();
    }

    @Override
    public Optional<Fd> restore(final Empty state, final RestoreContext context) {
        throw new Refusal("the images have memory that nobody can restore: they are not of this project's making");
    }
}
