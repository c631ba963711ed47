/* Files that are memory: deleted, memfd with seals, shm_open and sem_open, with and without a descriptor, over processes. */
#include "app.h"
#include <glob.h>
#include <semaphore.h>
#define PAGE 4096UL
#define MB (1UL << 20)
#define NAME "/jdmtcp-test-%d-%s"

struct board { _Atomic uint64_t turn, answer; };
static char deleted_path[400], open_name[64], closed_name[64], semaphore_name[64];

static char *map(int fd, size_t bytes, off_t offset, int prot) {
    char *at = mmap(NULL, bytes, prot, MAP_SHARED, fd, offset);
    CHECK(at != MAP_FAILED);
    return at;
}

static int made(int fd, size_t bytes) { CHECK(fd >= 0 && ftruncate(fd, bytes) == 0); return fd; }

/* What runs of this program that were killed have left behind. */
static void sweep(void) {
    glob_t found;
    if (glob("/dev/shm/*jdmtcp-test-*", 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            int pid = atoi(strstr(found.gl_pathv[i], "test-") + 5);
            if (kill(pid, 0) == -1 && errno == ESRCH) unlink(found.gl_pathv[i]);
        }
    globfree(&found);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2);
    sweep();
    mkdir(argv[2], 0755);
    snprintf(deleted_path, sizeof deleted_path, "%s/deleted-%d", argv[2], (int)getpid());
    snprintf(open_name, sizeof open_name, NAME, (int)getpid(), "open"), snprintf(closed_name, sizeof closed_name, NAME, (int)getpid(), "closed");
    snprintf(semaphore_name, sizeof semaphore_name, NAME, (int)getpid(), "semaphore");

    int fd = made(open(deleted_path, O_RDWR | O_CREAT | O_EXCL, 0640), 3 * MB);
    char *deleted = map(fd, 2 * MB, 0, PROT_READ | PROT_WRITE), *tail = map(fd, MB, 2 * MB, PROT_READ);
    fill(deleted, 2 * MB, 1);
    CHECK(pwrite(fd, deleted, MB, 2 * MB) == (ssize_t)MB && close(fd) == 0 && unlink(deleted_path) == 0);
    fd = made(memfd_create("only mapped", 0), MB);
    char *mapped = map(fd, MB, 0, PROT_READ | PROT_WRITE), *private = mmap(NULL, MB, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    fill(mapped, MB, 2), fill(private, PAGE, 22);
    CHECK(close(fd) == 0);
    int sealed = made(memfd_create("sealed", MFD_ALLOW_SEALING), MB), reader;
    char *shut = map(sealed, MB, 0, PROT_READ | PROT_WRITE);
    fill(shut, MB, 3);
    CHECK(munmap(shut, MB) == 0 && fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK) == 0);
    shut = map(sealed, MB, 0, PROT_READ);
    fd = made(memfd_create("reader", 0), MB); /* open for reading alone, and mapped for writing */
    char path[32], *written = map(fd, MB, 0, PROT_READ | PROT_WRITE);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK((reader = open(path, O_RDONLY)) >= 0 && close(fd) == 0);
    fill(written, MB, 4);
    int named = made(shm_open(open_name, O_RDWR | O_CREAT | O_EXCL, 0600), 2 * MB);
    char *opened = map(named, MB, 0, PROT_READ | PROT_WRITE);
    fd = made(shm_open(closed_name, O_RDWR | O_CREAT | O_EXCL, 0640), 2 * MB);
    char *closed = map(fd, 2 * MB, 0, PROT_READ | PROT_WRITE);
    struct board *board = (void *)closed;
    CHECK(close(fd) == 0);
    fill(closed + PAGE, MB, 5), fill(opened, MB, 6);
    CHECK(pwrite(named, opened, MB, MB) == (ssize_t)MB);
    sem_t *semaphore = sem_open(semaphore_name, O_CREAT | O_EXCL, 0600, 0);
    CHECK(semaphore != SEM_FAILED);
    int pipe_ends[2];
    CHECK(pipe(pipe_ends) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    for (uint64_t turn = 1;; turn++) {
        CHECK(filled(mapped, MB, 2) && filled(shut, MB, 3) && filled(written, MB, 4) && filled(closed + PAGE, MB, 5) && filled(opened, MB, 6));
        CHECK(filled(private, PAGE, 22) && filled(private + PAGE, MB - PAGE, 2 + PAGE / 8) && filled(tail, MB, 1));
        if (child == 0) { /* waits on the semaphore; answers in each of the pieces */
            while (sem_wait(semaphore) == -1) CHECK(errno == EINTR);
            CHECK(board->turn == turn && *(uint64_t *)deleted == turn - 1);
            *(uint64_t *)deleted = turn, board->answer = turn;
            alive(pipe_ends[1]);
            continue;
        }
        *(uint64_t *)deleted = turn - 1, board->turn = turn;
        CHECK(sem_post(semaphore) == 0);
        while (board->answer != turn) expect_alive(pipe_ends[0]);
        CHECK(*(uint64_t *)deleted == turn && filled(deleted + PAGE, 2 * MB - PAGE, 1 + PAGE / 8));
        uint64_t word = 0, wanted = mix(4 + turn % 1000);
        CHECK(pread(reader, &word, 8, turn % 1000 * 8) == 8 && word == wanted); /* the descriptor and the mapping are of one file */
        CHECK(pread(sealed, &word, 8, 0) == 8 && word == mix(3) && pwrite(sealed, &word, 8, 0) == -1 && errno == EPERM);
        word = turn, wanted = *(uint64_t *)opened;
        CHECK(pwrite(named, &word, 8, 0) == 8 && *(uint64_t *)opened == turn && pwrite(named, &wanted, 8, 0) == 8);
        CHECK(pread(named, &word, 8, MB + 8) == 8 && word == mix(7)); /* what is not mapped is there too */
        struct stat status;
        CHECK(fstat(named, &status) == 0 && status.st_size == 2 * (off_t)MB && status.st_nlink == 1);
        int again = shm_open(closed_name, O_RDONLY, 0); /* others find it by its name */
        CHECK(again >= 0 && fstat(again, &status) == 0 && (status.st_mode & 07777) == 0640 && status.st_size == 2 * (off_t)MB);
        CHECK(pread(again, &word, 8, 0) == 8 && word == turn && close(again) == 0);
        beat();
    }
}
