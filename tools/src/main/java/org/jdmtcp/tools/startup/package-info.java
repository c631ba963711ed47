/** What makes a command start fast; runs once per build, before the AOT caches are made. */
@NullMarked
package org.jdmtcp.tools.startup;

import org.jspecify.annotations.NullMarked;
