package org.jdmtcp.core.procfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /proc/PID/mountinfo}: the mounts that a process sees, in the order in which they lie over one another. */
public record MountInfo(List<Mount> mounts) {
    public MountInfo {
        mounts = List.copyOf(mounts);
    }

    /**
     * All strings are byte strings with their escapes decoded.
     *
     * @param id as mnt_id in fdinfo
     * @param parentId the mount below; its own id for the root of the mount tree
     * @param major of the device, as st_dev of files there (some file systems differ per subvolume)
     * @param root the directory of the file system that is mounted here
     * @param mountPoint below the root directory of the process
     * @param options of the mount, separated by commas
     * @param propagation such as {@code shared:1} and {@code master:2}
     * @param source what was mounted, with a meaning of the file system's own
     * @param superOptions of the file system, separated by commas
     */
    public record Mount(
            int id,
            int parentId,
            int major,
            int minor,
            String root,
            String mountPoint,
            String options,
            List<String> propagation,
            String fsType,
            String source,
            String superOptions) {
        public Mount {
            propagation = List.copyOf(propagation);
        }
    }

    public static MountInfo read(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "mountinfo"));
    }

    public static MountInfo parse(byte[] text) {
        return parse(new ByteText("mountinfo", text));
    }

    static MountInfo parse(ByteText text) {
        List<Mount> found = new ArrayList<>();
        while (!text.atEnd()) {
            found.add(mount(text));
        }
        return new MountInfo(found);
    }

    private static Mount mount(ByteText text) {
        final int id = text.decInt();
        text.expect(' ');
        final int parentId = text.decInt();
        text.expect(' ');
        final int major = text.decInt();
        text.expect(':');
        final int minor = text.decInt();
        text.expect(' ');
        final String root = field(text);
        final String mountPoint = field(text);
        final String options = field(text);
        List<String> propagation = new ArrayList<>(2);
        for (String tag = field(text); !tag.equals("-"); tag = field(text)) {
            propagation.add(tag);
        }
        final String fsType = field(text);
        final String source = field(text);
        final String superOptions = OctalEscapes.decode(text.line());
        return new Mount(
                id, parentId, major, minor, root, mountPoint, options, propagation, fsType, source, superOptions);
    }

    private static String field(ByteText text) {
        return OctalEscapes.decode(text.until(' '));
    }

    /** The mount with this id; empty where the file lies on a mount that the process does not see. */
    public Optional<Mount> byId(int mntId) {
        return mounts.stream().filter(mount -> mount.id() == mntId).findFirst();
    }
}
