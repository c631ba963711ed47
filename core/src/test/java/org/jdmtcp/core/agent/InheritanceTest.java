package org.jdmtcp.core.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InheritanceTest {
    @Test
    void whatTheScriptAddedAndHidIsUndone() {
        final List<String> environment = Inheritance.environment(
                List.of("A=1", "no name", "_JAVA_SR_SIGNUM=16"),
                List.of(
                        "java",
                        "-Xrs",
                        "-Djdmtcp.env.JAVA_TOOL_OPTIONS=-Da=b",
                        "-cp",
                        "x",
                        "Main",
                        "-Djdmtcp.env.B=2"));
        assertThat(environment).containsExactly("A=1", "no name", "JAVA_TOOL_OPTIONS=-Da=b");
    }
}
