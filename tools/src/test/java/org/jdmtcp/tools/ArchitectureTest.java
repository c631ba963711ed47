package org.jdmtcp.tools;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who may know whom, read from the class files of all modules. A rule about a package that holds no class yet is
 * reported as skipped, so that it never passes for want of anything to look at.
 */
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.jdmtcp");

    /** Each floor of the house, with the parts of it that it must not see. Everybody may see {@code spi}. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spi         | core coordinator plugin tools",
                "core        | coordinator plugin tools",
                "coordinator | core plugin tools",
                "plugin      | core coordinator tools",
            })
    void arrowsPointDown(String floor, String hidden) {
        assumeHasClasses(floor);
        String[] hiddenPackages =
                Arrays.stream(hidden.split(" ")).map(ArchitectureTest::inside).toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(inside(floor))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(hiddenPackages)
                .check(CLASSES);
    }

    @Test
    void pluginsDoNotKnowEachOther() {
        assumeHasClasses("plugin");
        slices().matching("org.jdmtcp.plugin.(*)..")
                .should()
                .notDependOnEachOther()
                .check(CLASSES);
    }

    @Test
    void nativeCallsLiveInOnePackage() {
        assumeHasClasses("spi.linux");
        noClasses()
                .that()
                .resideOutsideOfPackage(inside("spi.linux"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.jna..")
                .check(CLASSES);
    }

    /** One package issues every ptrace request, since the kernel takes them from the one thread that is the tracer. */
    @Test
    void ptraceIsCalledFromOnePackage() {
        assumeHasClasses("core.tracee");
        noClasses()
                .that()
                .resideOutsideOfPackages(inside("core.tracee"), inside("spi.linux"))
                .should()
                .accessFieldWhere(IS_PTRACE)
                .check(CLASSES);
    }

    /** Those aside that protoc fills. */
    @Test
    void everyPackageIsNullMarked() {
        assumeHasClasses("spi");
        classes()
                .that()
                .resideOutsideOfPackages("..proto..", "..message..")
                .should(RESIDE_IN_A_NULL_MARKED_PACKAGE)
                .check(CLASSES);
    }

    private static final DescribedPredicate<JavaFieldAccess> IS_PTRACE = DescribedPredicate.describe(
            "names the ptrace system call",
            access -> access.getTarget().getName().equals("PTRACE")
                    && access.getTargetOwner().getName().equals("org.jdmtcp.spi.linux.SystemCall"));

    private static final ArchCondition<JavaClass> RESIDE_IN_A_NULL_MARKED_PACKAGE =
            new ArchCondition<>("reside in a package that its package-info.java declares @NullMarked") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    boolean marked = item.getPackage().isAnnotatedWith(NullMarked.class);
                    events.add(new SimpleConditionEvent(
                            item,
                            marked,
                            "%s: %s is not @NullMarked".formatted(item.getName(), item.getPackageName())));
                }
            };

    private static String inside(String part) {
        return "org.jdmtcp." + part + "..";
    }

    private static void assumeHasClasses(String part) {
        String prefix = "org.jdmtcp." + part;
        assumeTrue(
                CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .anyMatch(name -> name.equals(prefix) || name.startsWith(prefix + ".")),
                () -> prefix + " holds no class yet");
    }
}
