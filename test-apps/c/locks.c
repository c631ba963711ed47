/* Locks: record locks with a waiter, flock (shared by fork, with a waiter), locks of open files, a lease. locks LOG FOLDER. */
#include "app.h"
#include <sys/file.h>

static int lock(int fd, int command, int type, off_t start, off_t length) {
    struct flock region = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(fd, command, &region);
}

/* Who is in the way of a write lock, and where he begins; -1 with an open file's, 0 with nobody. */
static int holder(int fd, off_t start, off_t length, off_t *at, short *type) {
    struct flock region = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    CHECK(fcntl(fd, F_GETLK, &region) == 0);
    *at = region.l_start;
    *type = region.l_type;
    return region.l_type == F_UNLCK ? 0 : region.l_pid;
}

static int opened(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    return fd;
}

/* A child that sleeps until it gets the lock, says so, and gives it back. */
static int waiter(int by_flock, const char *path) {
    int to_us[2], again[2];
    CHECK(pipe(to_us) == 0 && pipe(again) == 0);
    if (fork() == 0) {
        int fd = opened(path);
        char c;
        close(again[1]);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        do {
            CHECK((by_flock ? flock(fd, LOCK_EX) : lock(fd, F_SETLKW, F_WRLCK, 0, 1)) == 0);
            CHECK((by_flock ? flock(fd, LOCK_UN) : lock(fd, F_SETLK, F_UNLCK, 0, 1)) == 0 && write(to_us[1], "g", 1) == 1);
        } while (read(again[0], &c, 1) == 1);
        _exit(0);
    }
    close(again[0]);
    close(to_us[1]);
    CHECK(dup2(again[1], to_us[0] + 100) >= 0);
    return to_us[0];
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2 && chdir(argv[2]) == 0);
    int record = opened("record"), record2 = dup(record), flocked = opened("flock"), shared = opened("shared"), ofd = opened("ofd"), leased, first_wait = opened("waited"), flock_wait = opened("waited2");
    CHECK((leased = open("shared", O_RDONLY)) >= 0 && close(shared) == 0 && (shared = open("shared", O_RDONLY)) >= 0);
    CHECK(lock(record, F_SETLK, F_WRLCK, 5, 10) == 0 && lock(record, F_SETLK, F_RDLCK, 20, 0) == 0 && lock(record2, F_SETLK, F_RDLCK, 1L << 40, 7) == 0);
    CHECK(flock(flocked, LOCK_EX) == 0 && flock(shared, LOCK_SH) == 0 && lock(ofd, F_OFD_SETLK, F_WRLCK, 100, 100) == 0 && fcntl(leased, F_SETLEASE, F_RDLCK) == 0);
    CHECK(lock(first_wait, F_SETLK, F_WRLCK, 0, 1) == 0 && flock(flock_wait, LOCK_EX) == 0);
    int got_record = waiter(0, "waited"), got_flock = waiter(1, "waited2"), ask[2], told[2];
    CHECK(pipe(ask) == 0 && pipe(told) == 0);
    pid_t me = getpid();
    if (fork() == 0) { /* looks at the locks from another process; shares the flock and the open file's lock */
        int other = opened("record"), other_ofd = opened("ofd"), other_flock = opened("flock"), other_shared = open("shared", O_RDONLY);
        char c;
        off_t at;
        short type;
        close(ask[1]);
        while (read(ask[0], &c, 1) == 1) {
            CHECK(holder(other, 0, 18, &at, &type) == me && at == 5 && type == F_WRLCK && holder(other, 30, 1, &at, &type) == me && at == 20 && type == F_RDLCK);
            CHECK(holder(other, 0, 5, &at, &type) == 0 && holder(other, 15, 5, &at, &type) == 0 && holder(other_ofd, 0, 0, &at, &type) == -1 && at == 100);
            CHECK(flock(other_flock, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK && flock(flocked, LOCK_EX | LOCK_NB) == 0);
            CHECK(flock(other_shared, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK && flock(other_shared, LOCK_SH | LOCK_NB) == 0 && flock(other_shared, LOCK_UN) == 0);
            CHECK(lock(ofd, F_OFD_SETLK, F_WRLCK, 100, 100) == 0 && lock(other_ofd, F_OFD_SETLK, F_RDLCK, 150, 1) == -1 && errno == EAGAIN && write(told[1], "t", 1) == 1);
        }
        _exit(0);
    }
    for (int turn = 1;; turn++) {
        char c = 'a';
        CHECK(write(ask[1], &c, 1) == 1 && read(told[0], &c, 1) == 1 && fcntl(leased, F_GETLEASE) == F_RDLCK);
        beat();
        if (turn % 8 == 0) { /* the waiters get what they have been waiting for, and wait again */
            CHECK(lock(first_wait, F_SETLK, F_UNLCK, 0, 1) == 0 && flock(flock_wait, LOCK_UN) == 0 && read(got_record, &c, 1) == 1 && read(got_flock, &c, 1) == 1);
            CHECK(lock(first_wait, F_SETLKW, F_WRLCK, 0, 1) == 0 && flock(flock_wait, LOCK_EX) == 0 && write(got_record + 100, "a", 1) == 1 && write(got_flock + 100, "a", 1) == 1);
        }
    }
}
