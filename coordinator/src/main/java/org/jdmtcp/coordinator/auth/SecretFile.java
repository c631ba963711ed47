package org.jdmtcp.coordinator.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The file that holds the shared secret, as 64 hexadecimal digits and a newline.
 *
 * <p>INVARIANT: what is read comes from a regular file of this user that nobody else can read or write, in a directory in which
 * nobody else can put another file in its place. Symbolic links are refused.
 *
 * <p>INVARIANT: a file that has its name is complete: it is written under a temporary name and linked, so that of several
 * processes that create it at the same time one wins and all use its secret.
 */
public final class SecretFile {
    /** Names the file; overrides every default. */
    public static final String VARIABLE = "DMTCP_SECRET_FILE";

    private static final int OTHERS = 0077;
    private static final int OTHERS_WRITE = 0022;
    private static final int STICKY = 01000;

    private final Path path;
    private final int uid;
    private final boolean ownDirectory;

    private SecretFile(Path path, int uid, boolean ownDirectory) {
        this.path = path.toAbsolutePath();
        this.uid = uid;
        this.ownDirectory = ownDirectory;
    }

    /** The file that this process uses: {@value #VARIABLE}, else in the home directory if it is this user's, else in /tmp. */
    public static SecretFile locate() throws IOException {
        return locate(System.getenv(), effectiveUid(), Path.of("/tmp"));
    }

    static SecretFile locate(Map<String, String> environment, int uid, Path temporary) {
        String named = environment.get(VARIABLE);
        if (named != null && !named.isEmpty()) {
            return new SecretFile(Path.of(named), uid, false);
        }
        String home = environment.get("HOME");
        if (home != null && home.startsWith("/") && isUsableHome(Path.of(home), uid)) {
            return new SecretFile(Path.of(home, ".dmtcp", "secret"), uid, true);
        }
        return new SecretFile(temporary.resolve("dmtcp-" + uid).resolve("secret"), uid, true);
    }

    private static boolean isUsableHome(Path home, int uid) {
        try {
            return ((Integer) uid).equals(Files.getAttribute(home, "unix:uid")) && Files.isWritable(home);
        } catch (IOException e) {
            return false; // a home that cannot be examined cannot be used either
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /**
     * Reads the secret; makes it first where there is none.
     *
     * @throws IOException where the file is not safe, or cannot be read or made; the message says what to do
     */
    public Secret open() throws IOException {
        Path directory = parent();
        if (ownDirectory) {
            makeDirectory(directory);
        }
        checkDirectory(directory);
        try {
            return read();
        } catch (NoSuchFileException e) {
            create(directory);
            return read();
        }
    }

    private Path parent() throws IOException {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IOException(path + " cannot hold the secret; name a file with " + VARIABLE);
        }
        return parent;
    }

    private static void makeDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // checked by the caller like any directory that was there
        }
    }

    private void checkDirectory(Path directory) throws IOException {
        // A link on the way to a directory that the user chose is his own business; ours is never a link.
        LinkOption[] links = ownDirectory ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS} : new LinkOption[0];
        Map<String, Object> is = Files.readAttributes(directory, "unix:uid,mode,isDirectory", links);
        int owner = (int) attribute(is, "uid");
        int mode = (int) attribute(is, "mode");
        if (!(boolean) attribute(is, "isDirectory")) {
            throw unsafe(directory, "is not a directory", "remove it");
        }
        if (ownDirectory) {
            if (owner != uid) {
                throw unsafe(directory, "belongs to uid " + owner + ", not " + uid, "set " + VARIABLE);
            }
            if ((mode & OTHERS) != 0) {
                throw unsafe(directory, "is open to others", "chmod 700 " + directory);
            }
        } else if ((owner != uid && owner != 0) || ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0)) {
            throw unsafe(directory, "can be changed by others", "choose another directory with " + VARIABLE);
        }
    }

    /** One of the attributes that were asked for: the provider gives each or throws. */
    private static Object attribute(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name), name);
    }

    private Secret read() throws IOException {
        Map<String, Object> is = Files.readAttributes(path, "unix:uid,mode,isRegularFile", LinkOption.NOFOLLOW_LINKS);
        if (!(boolean) attribute(is, "isRegularFile")) {
            throw unsafe(path, "is not a regular file", "remove it");
        }
        if ((int) attribute(is, "uid") != uid) {
            throw unsafe(path, "belongs to uid " + is.get("uid") + ", not " + uid, "set " + VARIABLE);
        }
        if (((int) attribute(is, "mode") & OTHERS) != 0) {
            throw unsafe(path, "is open to others", "remove it, and a new secret is made, or chmod 600 it");
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer text = ByteBuffer.allocate(2 * Secret.SIZE + 2);
            while (text.hasRemaining() && file.read(text) >= 0) {
                // until full or at the end
            }
            String digits = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
            return new Secret(HexFormat.of().parseHex(digits));
        } catch (IllegalArgumentException e) {
            throw unsafe(path, "does not hold 64 hexadecimal digits", "remove it, and a new secret is made");
        }
    }

    private void create(Path directory) throws IOException {
        HexFormat hex = HexFormat.of();
        Path temporary = directory.resolve(path.getFileName() + "." + hex.formatHex(SessionProof.nonce(), 0, 8));
        byte[] text = (hex.formatHex(SessionProof.nonce()) + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            try (FileChannel file = FileChannel.open(
                    temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer rest = ByteBuffer.wrap(text);
                while (rest.hasRemaining()) {
                    file.write(rest);
                }
                file.force(true);
            }
            Files.createLink(path, temporary);
        } catch (FileAlreadyExistsException e) {
            // another process was first: its secret is the one
        } catch (IOException | UnsupportedOperationException e) {
            throw new IOException(
                    "cannot make the secret " + path + ": " + e.getMessage()
                            + "; name a file in a directory of yours with " + VARIABLE,
                    e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static IOException unsafe(Path path, String why, String next) {
        return new IOException(path + " " + why + ", so it is not used for the coordinator's secret; " + next);
    }

    /** This process's effective uid, from {@code /proc/self/status} (proc(5)). */
    static int effectiveUid() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("Uid:")) {
                return (int) Long.parseLong(line.split("\\s+")[2]);
            }
        }
        throw new IOException("/proc/self/status has no line Uid:");
    }
}
