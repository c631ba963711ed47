package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Test programs, compiled when first wanted; the story is skipped, saying so, where the compiler is missing. */
final class Built {
    private static final Path FOLDER = Checkout.ROOT.resolve("tools/target/test-apps");
    private static final Duration PATIENCE = Duration.ofMinutes(5); // a first Go build compiles the library too
    private static final Map<String, Path> DONE = new HashMap<>();

    private Built() {}

    static String c(String name) {
        return compiled(
                name,
                "gcc",
                List.of("gcc", "-O1", "-g", "-Wall", "-Wextra", "-pthread"),
                "c/" + name + ".c",
                "-lm",
                "-ldl");
    }

    static String openMp(String name) {
        return compiled(name, "gcc", List.of("gcc", "-O1", "-fopenmp"), "c/" + name + ".c");
    }

    static String staticC(String name) {
        return compiled(name + "-static", "gcc", List.of("gcc", "-O1", "-static", "-pthread"), "c/" + name + ".c");
    }

    static String musl(String name) {
        return compiled(
                name + "-musl", "musl-gcc", List.of("musl-gcc", "-O1", "-static", "-pthread"), "c/" + name + ".c");
    }

    static String library(String name) {
        return compiled("lib" + name + ".so", "gcc", List.of("gcc", "-O1", "-shared", "-fPIC"), "c/" + name + ".c");
    }

    static String go(String name) {
        Path cache = FOLDER.resolve("go-cache");
        List<String> compiler = List.of("env", "CGO_ENABLED=0", "GO111MODULE=off", "GOCACHE=" + cache, "go", "build");
        return compiled(name + "-go", "go", compiler, "go/" + name + ".go");
    }

    /** The class path of a Java program. */
    static String java(String name) {
        Path classes = FOLDER.resolve("classes");
        String javac = Path.of(System.getProperty("java.home"), "bin/javac").toString();
        List<String> compiler = List.of(javac, "--release", "17");
        return once("java " + name, javac, () -> {
            make(FOLDER);
            List<String> command = new ArrayList<>(compiler);
            command.addAll(List.of(
                    "-d",
                    classes.toString(),
                    Checkout.testApp("java/" + name + ".java").toString()));
            expect(command);
            return classes;
        });
    }

    /** The jar of a plugin: its one source file, compiled against what a plugin sees. */
    static Path plugin(Path source, Path folder, Map<String, String> manifest) throws IOException {
        Path classes = Files.createTempDirectory(folder, "classes");
        String javac = Path.of(System.getProperty("java.home"), "bin/javac").toString();
        Path lib = Checkout.ROOT.resolve("tools/target/dist/lib");
        expect(List.of(javac, "-d", classes.toString(), "-cp", lib + "/*", source.toString()));
        Path jar = folder.resolve(source.getFileName().toString().replace(".java", ".jar"));
        Manifest main = new Manifest();
        main.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.forEach(main.getMainAttributes()::putValue);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), main);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                out.write(Files.readAllBytes(file));
            }
            Matcher name = Pattern.compile("package (.*);").matcher(Files.readString(source));
            assertThat(name.find()).isTrue();
            out.putNextEntry(new JarEntry("META-INF/services/org.jdmtcp.spi.Plugin"));
            String type = source.getFileName().toString().replace(".java", "");
            out.write((name.group(1) + "." + type + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    private interface Build {
        Path run() throws IOException;
    }

    private static synchronized String once(String key, String compiler, Build build) {
        assumeTrue(
                Shell.run(List.of("sh", "-c", "command -v " + compiler)).status() == 0,
                compiler + " is not installed: install it to see this story");
        Path done = DONE.get(key);
        if (done == null) {
            try {
                done = build.run();
            } catch (IOException e) {
                throw new AssertionError("building " + key, e);
            }
            DONE.put(key, done);
        }
        return done.toString();
    }

    private static String compiled(
            String name, String tool, List<String> compiler, String source, String... libraries) {
        return once(name, tool, () -> {
            make(FOLDER);
            Path part = FOLDER.resolve(name + ".part"), target = FOLDER.resolve(name);
            List<String> command = new ArrayList<>(compiler);
            command.addAll(
                    List.of("-o", part.toString(), Checkout.testApp(source).toString()));
            command.addAll(List.of(libraries));
            expect(command);
            return Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        });
    }

    private static void make(Path folder) throws IOException {
        Files.createDirectories(folder);
    }

    private static void expect(List<String> command) {
        Shell.Result result = Shell.run(command, null, "", PATIENCE);
        if (result.status() != 0) {
            throw new AssertionError(result.toString());
        }
    }
}
