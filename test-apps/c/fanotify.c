/* fanotify: marks on files, folders, a mount; ignored masks; non-blocking. As root. fanotify LOG FOLDER. */
#include "app.h"
#include <sys/fanotify.h>

static struct fanotify_event_metadata event;

static void expect(int group, uint64_t mask) {
    CHECK(read(group, &event, sizeof event) == sizeof event && event.mask == mask && event.pid == getpid());
    close(event.fd);
}

static void expect_nothing(int group) { CHECK(read(group, &event, sizeof event) == -1 && errno == EAGAIN); }

static void touch(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && close(fd) == 0);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2 && chdir(argv[2]) == 0 && (mkdir("inside", 0700) == 0 || errno == EEXIST));
    touch("plain");
    touch("inside/one");
    touch("inside/two");
    int group = fanotify_init(FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_LARGEFILE), quiet = fanotify_init(FAN_NONBLOCK | FAN_UNLIMITED_QUEUE, O_RDWR);
    CHECK(group >= 0 && quiet >= 0);
    CHECK(fanotify_mark(group, FAN_MARK_ADD, FAN_OPEN | FAN_CLOSE_WRITE, AT_FDCWD, "plain") == 0);
    CHECK(fanotify_mark(group, FAN_MARK_ADD, FAN_CLOSE_WRITE | FAN_EVENT_ON_CHILD, AT_FDCWD, "inside") == 0);
    CHECK(fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | FAN_MARK_IGNORED_SURV_MODIFY, FAN_CLOSE_WRITE, AT_FDCWD, "inside/two") == 0);
    CHECK(fanotify_mark(quiet, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN_EXEC, AT_FDCWD, "/dev/shm") == 0);
    for (;;) {
        expect_nothing(group);
        expect_nothing(quiet);
        touch("inside/two"); /* ignored */
        expect_nothing(group);
        touch("inside/one");
        expect(group, FAN_CLOSE_WRITE);
        touch("plain");
        expect(group, FAN_OPEN | FAN_CLOSE_WRITE); /* equal ones become one */
        CHECK((fcntl(group, F_GETFL) & O_NONBLOCK) && fcntl(group, F_GETFD) == FD_CLOEXEC && fcntl(quiet, F_GETFD) == 0);
        beat();
    }
}
