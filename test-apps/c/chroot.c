/* A process with a root directory of its own (needs root): chroot LOG FOLDER. */
#include "app.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    struct stat outside, root, here;
    CHECK(argc > 2 && stat(argv[2], &outside) == 0 && chroot(argv[2]) == 0 && chdir("/") == 0);
    CHECK((mkdir("inner", 0755) == 0 || errno == EEXIST) && chdir("inner") == 0);
    for (;;) {
        char path[512];
        CHECK(stat("/", &root) == 0 && root.st_ino == outside.st_ino && root.st_dev == outside.st_dev);
        CHECK(stat("/inner", &root) == 0 && stat(".", &here) == 0 && root.st_ino == here.st_ino);
        CHECK(strcmp(getcwd(path, sizeof path), "/inner") == 0 && access("/proc", F_OK) == -1);
        beat();
    }
}
