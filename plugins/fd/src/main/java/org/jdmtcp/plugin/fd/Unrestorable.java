package org.jdmtcp.plugin.fd;

import com.google.protobuf.Empty;
import com.google.protobuf.Parser;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * Open files of the kernel's making whose state it tells to nobody, so that no plugin can restore them: refused with the reason and
 * with what to do instead.
 */
final class Unrestorable implements DescriptorKind<Empty> {
    static final String IO_URING = "anon_inode:[io_uring]";

    /** By what the link of the descriptor shows: what it is, why not, and what to do. */
    private static final Map<String, String> REASONS = Map.of(
            IO_URING,
            "an io_uring instance: the kernel does not tell with which flags it was made, what is in flight, and which files"
                    + " and buffers are registered; have the program do without (many have a setting for that; so has the kernel,"
                    + " kernel.io_uring_disabled, and most programs fall back to epoll), or checkpoint when it is closed",
            "anon_inode:[userfaultfd]",
            "a userfaultfd, whose ranges the kernel does not tell; checkpoint when it is closed",
            "anon_inode:seccomp notify",
            "the supervisor's end of a seccomp filter, which cannot be made again for a filter that is in force; run the"
                    + " supervisor outside of the computation",
            "anon_inode:[perf_event]",
            "a performance counter, whose settings the kernel does not tell; checkpoint when it is closed",
            "anon_inode:[landlock-ruleset]",
            "a Landlock ruleset, whose rules the kernel does not tell; checkpoint when it is closed",
            "anon_inode:bpf-map",
            "a BPF map; checkpoint when it is closed",
            "anon_inode:bpf-prog",
            "a BPF program; checkpoint when it is closed",
            "anon_inode:kvm-vm",
            "a virtual machine of KVM, whose state the kernel does not give as a whole; save the guest by the means of its"
                    + " monitor");

    @Override
    public String name() {
        return "unrestorable";
    }

    @Override
    public Parser<Empty> parser() {
        return Empty.parser();
    }

    @Override
    public Optional<Empty> inspect(final DescriptorView descriptor) {
        final String reason = REASONS.get(descriptor.target());
        if (reason == null) {
            return Optional.empty();
        }
        throw new Refusal(descriptor.describe() + " is " + reason);
    }

    @Override
    public Fd restore(final Empty state, final RestoreContext context) {
        throw new Refusal(
                "the images have an open file that nobody can restore: they are not of this project's making");
    }
}
