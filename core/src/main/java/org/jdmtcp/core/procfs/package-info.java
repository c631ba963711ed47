/**
 * The files of {@code /proc} that describe a process: one small class per file, each a pure parser and a read beside it.
 *
 * <p><b>Byte strings.</b> The kernel knows file names, command names, arguments and environment as octets in no particular
 * encoding. Every {@code String} of this package that came out of such octets is a <em>byte string</em>: each char is one
 * octet (ISO-8859-1, 0 to 255), and {@code getBytes(ISO_8859_1)} gives back exactly what the kernel said. Hand those octets
 * to system calls; decode them as UTF-8 only to show them to people. Never give a byte string to {@code java.io.File} or
 * {@code java.nio.file.Path}: these encode it anew.
 *
 * <p><b>Failures.</b> A process or thread that has ended is a {@link org.jdmtcp.core.procfs.ProcessGoneException}; text that
 * does not look as expected (a file cut short, a kernel that changed it) is a
 * {@link org.jdmtcp.core.procfs.ProcFormatException}; everything else (EACCES, a file that this kernel does not have) is an
 * {@link java.io.UncheckedIOException} whose message says what to do.
 *
 * <p><b>Consistency.</b> The kernel hands a long file out a page at a time. What is read of a stopped process is of one
 * moment; what is read of a running one may be a mixture of several.
 *
 * <p><b>Threads.</b> Everything here is immutable or static, and may be used from any thread.
 *
 * <p>Source: proc(5) and the kernel's Documentation/filesystems/proc.rst; where these are silent, fs/proc in the kernel.
 */
@NullMarked
package org.jdmtcp.core.procfs;

import org.jspecify.annotations.NullMarked;
