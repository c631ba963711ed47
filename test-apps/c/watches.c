/* inotify: watch numbers with gaps, masks, one-shot, a moved and a deleted file, unread events, non-blocking. watches LOG FOLDER. */
#include "app.h"
#include <sys/inotify.h>
#include <sys/ioctl.h>

static char events[8192];

static void touch(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && close(fd) == 0);
}

static int unread(int fd) {
    int bytes = -1;
    CHECK(ioctl(fd, FIONREAD, &bytes) == 0);
    return bytes;
}

static int losses;

/* The next event; or the word that some got lost, which may be after a restart where they had not been read. */
static int next_is(int fd, int wd, uint32_t mask, const char *name) {
    static ssize_t n, at;
    if (at >= n) {
        CHECK((n = read(fd, events, sizeof events)) > 0);
        at = 0;
    }
    struct inotify_event *event = (void *)(events + at);
    at += (ssize_t)(sizeof *event + event->len);
    if (event->mask == IN_Q_OVERFLOW) {
        CHECK(event->wd == -1 && at == n && ++losses <= 4);
        return 1;
    }
    CHECK(event->wd == wd && event->mask == mask && strcmp(event->len ? event->name : "", name) == 0);
    return 1;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2 && chdir(argv[2]) == 0 && (mkdir("watched", 0700) == 0 || errno == EEXIST) && (mkdir("deeper", 0700) == 0 || errno == EEXIST));
    for (const char **name = (const char *[]){"plain", "once", "moved", "gone", "deeper/own", "watched/x", NULL}; *name; name++) touch(*name);
    int busy = inotify_init1(IN_CLOEXEC), quiet = inotify_init1(IN_NONBLOCK), lazy = inotify_init1(0);
    int folder = inotify_add_watch(busy, "watched", IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO), removed = inotify_add_watch(busy, "once", IN_ALL_EVENTS);
    int plain = inotify_add_watch(busy, "plain", IN_MODIFY), moved = inotify_add_watch(busy, "moved", IN_ATTRIB), gone = inotify_add_watch(busy, "gone", IN_MODIFY), own = inotify_add_watch(busy, "deeper/own", IN_OPEN);
    CHECK(folder == 1 && removed == 2 && plain == 3 && moved == 4 && gone == 5 && own == 6 && inotify_rm_watch(busy, removed) == 0 && next_is(busy, removed, IN_IGNORED, ""));
    CHECK(inotify_add_watch(busy, "plain", IN_CLOSE_WRITE | IN_MASK_ADD) == plain && rename("moved", "deeper/renamed") == 0);
    int deleted = open("gone", O_RDWR), file = open("plain", O_WRONLY);
    CHECK(deleted >= 0 && file >= 0 && unlink("gone") == 0 && inotify_add_watch(quiet, "deeper", IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_CLOSE_WRITE) == 1);
    CHECK(inotify_add_watch(lazy, "watched", IN_CREATE) == 1);
    int once = inotify_add_watch(quiet, "once", IN_MODIFY | IN_ONESHOT);
    CHECK(once == 2);
    for (int turn = 0;; turn++) {
        char name[64];
        snprintf(name, sizeof name, "watched/%d", turn);
        touch(name); /* lazy keeps it unread for a while */
        CHECK(next_is(busy, folder, IN_CREATE, name + 8) && unlink(name) == 0 && next_is(busy, folder, IN_DELETE, name + 8));
        for (int i = 0; i < 12; i++) {
            CHECK(unread(busy) == 0 && unread(quiet) == 0 && read(quiet, events, sizeof events) == -1 && errno == EAGAIN && unread(lazy) > 0);
            CHECK(write(file, "x", 1) == 1 && next_is(busy, plain, IN_MODIFY, ""));
            CHECK(chmod("deeper/renamed", 0600 + i % 2) == 0 && next_is(busy, moved, IN_ATTRIB, ""));
            CHECK(read(quiet, events, sizeof events) > 0); /* of the folder that it is in now */
            CHECK(pwrite(deleted, "y", 1, 0) == 1 && next_is(busy, gone, IN_MODIFY, ""));
            int opened = open("plain", O_WRONLY | O_CLOEXEC);
            CHECK(opened >= 0 && close(opened) == 0 && next_is(busy, plain, IN_CLOSE_WRITE, ""));
            beat();
        }
        CHECK(next_is(lazy, 1, IN_CREATE, name + 8) && unread(lazy) == 0 && (fcntl(quiet, F_GETFL) & O_NONBLOCK) && !(fcntl(busy, F_GETFL) & O_NONBLOCK) && fcntl(busy, F_GETFD) == FD_CLOEXEC);
        CHECK(inotify_add_watch(busy, "plain", IN_MODIFY | IN_CLOSE_WRITE | IN_MASK_CREATE) == -1 && errno == EEXIST);
        int one = open("once", O_WRONLY);
        CHECK(one >= 0 && write(one, "1", 1) == 1 && write(one, "2", 1) == 1 && close(one) == 0); /* told of one alone */
        CHECK(next_is(quiet, once, IN_MODIFY, "") && next_is(quiet, once, IN_IGNORED, "") && unread(quiet) == 0);
        once = inotify_add_watch(quiet, "once", IN_MODIFY | IN_ONESHOT);
        CHECK(once >= 2);
    }
}
