/** What a plugin sees of stopped and of reborn processes. All of it is valid only during the call that handed it out, unless it says otherwise. */
@NullMarked
package org.jdmtcp.spi.view;

import org.jspecify.annotations.NullMarked;
