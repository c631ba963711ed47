package org.jdmtcp.core.restart;

import java.nio.file.Path;
import java.util.List;

/**
 * How processes are to be brought back.
 *
 * @param images the image files, in any order
 * @param checkUser whether images of another user's processes are refused ({@code --no-strict-checking} switches it off)
 * @param overwriteFiles whether open files whose contents are in the images are replaced where they have changed
 * @param temporary folder for what has to be put somewhere, such as the contents of files that are gone
 */
public record RestartOptions(List<Path> images, boolean checkUser, boolean overwriteFiles, Path temporary) {
    public RestartOptions {
        images = List.copyOf(images);
    }
}
