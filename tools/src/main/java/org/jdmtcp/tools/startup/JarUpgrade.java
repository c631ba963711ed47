package org.jdmtcp.tools.startup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies a jar, bringing the classes in it that are older than Java 6 to the format of Java 8. An AOT cache takes no class that only
 * the old verifier can check, and picocli 4.7 is compiled for Java 5: without this, its 228 classes are read and verified at
 * every start (45 of 150 ms). The code stays the same; what is added are the stack maps that the newer verifier wants.
 */
public final class JarUpgrade {
    private static final int JAVA_6 = ClassFile.JAVA_6_VERSION;
    private static final ClassTransform TO_JAVA_8 = ClassTransform.dropping(ClassFileVersion.class::isInstance)
            // The code must be written anew, element by element, or it is copied without stack maps.
            .andThen(ClassTransform.transformingMethodBodies((code, element) -> code.with(element)))
            .andThen(ClassTransform.endHandler(builder -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0)));

    private final ZipFile source;
    private final ClassFile classFile;

    private JarUpgrade(ZipFile source) {
        this.source = source;
        this.classFile = ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(this::classBytes)
                        .orElse(ClassHierarchyResolver.defaultResolver())));
    }

    /**
     * The command that {@code bin/.jdmtcp-setup} runs.
     *
     * @param args the jar to read and the jar to write
     * @throws IOException if one of them cannot be
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("give two names: the jar to read and the jar to write");
        }
        copy(Path.of(args[0]), Path.of(args[1]));
    }

    /**
     * Copies {@code from} to {@code to}, upgraded. Entries get the time of their originals.
     *
     * @throws IOException if {@code from} cannot be read or {@code to} cannot be written
     * @throws IllegalArgumentException if a class is damaged, or uses what newer class files do not have ({@code jsr})
     */
    static void copy(Path from, Path to) throws IOException {
        try (ZipFile source = new ZipFile(from.toFile());
                ZipOutputStream target = new ZipOutputStream(Files.newOutputStream(to))) {
            JarUpgrade upgrade = new JarUpgrade(source);
            for (ZipEntry entry : Collections.list(source.entries())) {
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                target.putNextEntry(copy);
                target.write(upgrade.upgraded(entry));
                target.closeEntry();
            }
        }
    }

    private byte[] upgraded(ZipEntry entry) throws IOException {
        byte[] bytes;
        try (InputStream in = source.getInputStream(entry)) {
            bytes = in.readAllBytes();
        }
        return entry.getName().endsWith(".class") && majorVersion(bytes) < JAVA_6
                ? classFile.transformClass(classFile.parse(bytes), TO_JAVA_8)
                : bytes;
    }

    /** Bytes 6 and 7 of a class file, big endian. */
    private static int majorVersion(byte[] bytes) {
        return (bytes[6] & 0xff) << 8 | bytes[7] & 0xff;
    }

    private @Nullable InputStream classBytes(ClassDesc type) {
        String name = type.descriptorString();
        ZipEntry entry = source.getEntry(name.substring(1, name.length() - 1) + ".class");
        try {
            return entry == null ? null : source.getInputStream(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
