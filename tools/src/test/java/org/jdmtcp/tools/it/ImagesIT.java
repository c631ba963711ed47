package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images are whole, private, checked before any process exists, and never damaged by a checkpoint that fails. */
class ImagesIT {
    @Story
    void oneFilePerProcessThatOnlyItsOwnerReads() throws IOException {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("hundred");
            Launched agent =
                    session.launch(List.of(Built.c("hundred"), log.path().toString(), "5"));
            log.awaitBeats(0, 4, agent);
            for (int round = 0; round < 2; round++) { // a second set replaces the first
                session.checkpoint();
                assertThat(session.imageFiles()).hasSize(6);
                for (Path image : session.imageFiles()) {
                    assertThat(image.getFileName().toString()).matches("ckpt_hundred_.+\\.dmtcp");
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(image)))
                            .isEqualTo("rw-------");
                    assertThat(Files.isRegularFile(image, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                            .isTrue();
                }
            }
            assertThat(Files.isExecutable(session.images().resolve("dmtcp_restart_script.sh")))
                    .isTrue();
        }
    }

    @Story
    void restartScriptBringsItBack() {
        try (Session session = Session.open()) {
            Launched agent = counting(session);
            session.checkpoint();
            session.killAll();
            assertThat(agent.isAlive()).isFalse();
            ProgramLog log = session.log("counter");
            int before = log.beats().size();
            Launched script = session.start(
                    List.of(session.images().resolve("dmtcp_restart_script.sh").toString()),
                    session.programEnvironment());
            log.awaitBeats(before, 5, script);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncated", "empty", "corrupt-head", "corrupt-middle", "foreign"})
    void damagedImageIsRefusedByNameBeforeAnyProcessExists(String damage) throws IOException {
        try (Session session = Session.open()) {
            counting(session);
            session.checkpoint();
            session.killAll();
            Path image = session.imageFiles().getFirst();
            damage(image, damage);
            int before = session.log("counter").lines().size();
            Launched agent = session.restart();
            assertThat(agent.status()).as(agent::describe).isEqualTo(125);
            assertThat(agent.stderr()).contains(image.getFileName().toString());
            assertThat(session.members()).isEmpty();
            assertThat(session.log("counter").lines()).hasSize(before);
        }
    }

    private static void damage(Path image, String how) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            long size = file.length();
            switch (how) {
                case "truncated" -> file.setLength(size - 1);
                case "empty" -> file.setLength(0);
                case "corrupt-head" -> flip(file, 20);
                case "corrupt-middle" -> flip(file, size / 2);
                case "foreign" -> {
                    file.setLength(0);
                    file.writeBytes("#!/bin/sh\necho an innocent script\n".repeat(1000));
                }
                default -> throw new IllegalArgumentException(how);
            }
        }
    }

    private static void flip(RandomAccessFile file, long at) throws IOException {
        byte[] bytes = new byte[64];
        file.seek(at);
        file.readFully(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= 0x5a;
        }
        file.seek(at);
        file.write(bytes);
    }

    /** A full disk: the command says why, the previous set stays whole, the program runs on, and comes back from the old set. */
    @Story
    void failedCheckpointLeavesThePreviousOneIntact(@TempDir Path outside) throws IOException {
        assumeTrue(
                Account.testsRunAsRoot(), "needs root to mount a small tmpfs: run the tests as root to see this story");
        try (Session session = Session.as(Account.ROOT)) {
            ProgramLog log = session.log("bigmem");
            Path small = session.images();
            assertThat(Shell.run(List.of("mount", "-t", "tmpfs", "-o", "size=150m", "tmpfs", small.toString()))
                            .status())
                    .isZero();
            try {
                Launched agent =
                        session.launch(List.of(Built.c("bigmem"), log.path().toString(), "64"), "--no-gzip");
                log.awaitBeats(0, 3, agent);
                session.checkpoint();
                List<Path> first = session.imageFiles();
                Files.write(small.resolve("ballast"), new byte[70 << 20]); // leaves no room for a second set
                Shell.Result second = session.command("dmtcp_command", "--bcheckpoint");
                assertThat(second.status()).as(second::toString).isNotZero();
                assertThat(second.out() + second.err()).containsIgnoringCase("space");
                log.awaitBeats(log.beats().size(), 5, agent);
                assertThat(session.imageFiles()).isEqualTo(first);
                assertThat(small.toFile().list())
                        .as("no temporary file stays")
                        .hasSizeLessThanOrEqualTo(first.size() + 2);
                session.killAll();
                int before = log.beats().size();
                log.awaitBeats(before, 5, session.restart());
            } finally {
                session.killAll();
                Shell.run(List.of("umount", small.toString()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "zstd", "lz4", "gzip"})
    void everyCompressionComesBack(String compression) {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("memory");
            Launched agent =
                    session.launch(List.of(Built.c("memory"), log.path().toString()), "--compress", compression);
            log.awaitBeats(0, 3, agent);
            session.checkpoint();
            session.killAll();
            int before = log.beats().size();
            log.awaitBeats(before, 5, session.restart());
        }
    }

    /** The images hold what was mapped: program and library may be gone, or be other files by now. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void programAndLibraryMayBeGone(boolean replaced) throws IOException {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("library");
            Path program = Files.copy(
                    Path.of(Built.c("library")), session.file("program"), StandardCopyOption.COPY_ATTRIBUTES);
            Path library = Files.copy(Path.of(Built.library("answer")), session.file("libanswer.so"));
            Launched agent =
                    session.launch(List.of(program.toString(), log.path().toString(), library.toString()));
            log.awaitBeats(0, 3, agent);
            session.checkpoint();
            session.killAll();
            Files.delete(program);
            Files.delete(library);
            if (replaced) {
                Files.write(program, new byte[8192]);
                Files.write(library, new byte[8192]);
            }
            for (int life = 0; life < 2; life++) {
                int before = log.beats().size();
                log.awaitBeats(before, 20, session.restart());
                Path executable = Path.of("/proc/" + session.member("program").pid() + "/exe");
                assertThat(Files.readSymbolicLink(executable).toString()).contains("program");
                session.checkpoint();
                session.killAll();
            }
        }
    }

    /** Touched zeros cost nothing. */
    @Story
    void sparseMemoryMakesSmallImages() throws IOException {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("memory");
            log.awaitBeats(
                    0, 3, session.launch(List.of(Built.c("memory"), log.path().toString()), "--compress", "none"));
            session.checkpoint();
            long bytes = 0;
            for (Path image : session.imageFiles()) {
                bytes += Files.size(image);
            }
            assertThat(bytes)
                    .as("image of 1 TiB reserved, some 40 MiB filled, 8 MiB of zeros")
                    .isLessThan(64L << 20);
        }
    }

    private static Launched counting(Session session) {
        ProgramLog log = session.log("counter");
        Launched agent = session.launch(List.of(Built.c("counter"), log.path().toString()));
        log.awaitBeats(0, 3, agent);
        return agent;
    }
}
