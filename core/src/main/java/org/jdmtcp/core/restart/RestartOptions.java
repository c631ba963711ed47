package org.jdmtcp.core.restart;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * How processes are to be brought back.
 *
 * @param images the image files, in any order
 * @param checkUser whether images of another user's processes are refused ({@code --no-strict-checking} switches it off)
 * @param overwriteFiles whether open files whose contents are in the images are replaced where they have changed
 * @param temporary folder for what has to be put somewhere, such as the contents of files that are gone
 * @param without ids of plugins whose part of the images is left out
 */
public record RestartOptions(
        List<Path> images, boolean checkUser, boolean overwriteFiles, Path temporary, Set<String> without) {
    public RestartOptions {
        images = List.copyOf(images);
        without = Set.copyOf(without);
    }
}
