package org.jdmtcp.tools.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** A test that is told {@code -Djdmtcp.repeat=N} times (once by default). */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(Story.Rounds.class)
@interface Story {

    /** One invocation per round. */
    final class Rounds implements TestTemplateInvocationContextProvider {
        static final int COUNT = Integer.getInteger("jdmtcp.repeat", 1);

        @Override
        public boolean supportsTestTemplate(ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
            return IntStream.rangeClosed(1, COUNT).mapToObj(Round::new);
        }
    }

    /** @param number from 1 */
    record Round(int number) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return "round " + number;
        }
    }
}
