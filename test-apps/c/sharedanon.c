/* Shared memory without a name, over fork: anonymous and of /dev/zero, in part unmapped, moved, protected, with an owner that is gone. */
#include "app.h"
#define PAGE 4096UL
#define MB (1UL << 20)
#define CHILDREN 4

struct board { _Atomic uint64_t turn, answers[CHILDREN], sum; };

static char *shared(size_t bytes, int prot, int flags) {
    char *at = mmap(NULL, bytes, prot, MAP_SHARED | MAP_ANONYMOUS | flags, -1, 0);
    CHECK(at != MAP_FAILED);
    return at;
}

static int exists(void *at) {
    unsigned char page;
    CHECK(mincore(at, PAGE, &page) == 0);
    return page & 1;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct board *board = (void *)shared(PAGE, PROT_READ | PROT_WRITE, 0);
    char *text = shared(4 * MB, PROT_READ | PROT_WRITE, 0), *sparse = shared(4UL << 30, PROT_READ | PROT_WRITE, MAP_NORESERVE);
    char *closed = shared(MB, PROT_READ | PROT_WRITE, 0), *orphan = MAP_FAILED;
    int zero = open("/dev/zero", O_RDWR);
    char *zeros = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0);
    CHECK(zeros != MAP_FAILED && close(zero) == 0);
    fill(text, 4 * MB, 1), fill(closed, MB, 2), fill(zeros, 8 * PAGE, 3), fill(sparse + (3UL << 30), PAGE, 4);
    CHECK(mprotect(closed, MB, PROT_NONE) == 0);
    int pipes[CHILDREN][2];
    for (int i = 0; i < CHILDREN; i++) {
        CHECK(pipe(pipes[i]) == 0);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child > 0) continue;
        signal(SIGPIPE, SIG_DFL);
        orphan = shared(2 * PAGE, PROT_READ | PROT_WRITE, 0); /* shared by a child and a grandchild alone */
        fill(orphan, PAGE, 50 + i);
        if (i == 1) { /* has two pieces of the text, the other way round */
            char *place = shared(2 * MB, PROT_NONE, 0);
            CHECK(mremap(text + 3 * MB, MB, MB, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place);
            CHECK(mremap(text + MB, MB, MB, MREMAP_MAYMOVE | MREMAP_FIXED, place + MB) == place + MB);
            CHECK(munmap(text, MB) == 0 && munmap(text + 2 * MB, MB) == 0);
            text = place;
        }
        if (i == 2) CHECK(mprotect(text, 4 * MB, PROT_READ) == 0 && munmap(sparse, 3UL << 30) == 0);
        if (i == 3 && fork() > 0) _exit(0); /* an orphan goes on with the memory of a process that is gone */
        CHECK(mlock(orphan, PAGE) == 0);
        pid_t grandchild = fork();
        CHECK(grandchild >= 0);
        _Atomic uint64_t *word = (void *)(orphan + PAGE);
        if (grandchild == 0) /* answers through memory that its grandparent never had */
            for (;;) {
                alive(pipes[i][1]);
                uint64_t wanted = *word;
                if (wanted % 2 == 1) *word = wanted + 1;
            }
        for (uint64_t turn = 0;;) {
            uint64_t wanted = board->turn;
            if (wanted == turn) { tick(1); alive(pipes[i][1]); continue; }
            turn = wanted;
            CHECK(filled(orphan, PAGE, 50 + i) && filled(zeros, 8 * PAGE, 3) && filled(sparse + (3UL << 30), PAGE, 4));
            if (i == 1) CHECK(filled(text, MB, 1 + 3 * MB / 8) && filled(text + MB, MB, 1 + MB / 8));
            else CHECK(filled(text, 4 * MB, 1));
            uint64_t before = *word;
            *word = before + 1;
            while (*word != before + 2) tick(1);
            CHECK(before == 2 * (turn - 1));
            board->sum += turn;
            board->answers[i] = turn;
        }
    }
    CHECK(munmap(text + MB, MB) == 0); /* only the children have that part now, and one of them at another place */
    for (uint64_t turn = 1, sum = 0;; turn++) {
        board->turn = turn;
        for (int i = 0; i < CHILDREN; i++) {
            while (board->answers[i] != turn) expect_alive(pipes[i][0]);
            CHECK(board->answers[i] == turn);
            sum += turn;
        }
        CHECK(board->sum == sum && filled(text, MB, 1) && filled(text + 2 * MB, 2 * MB, 1 + 2 * MB / 8));
        CHECK(exists(sparse + (3UL << 30)) && !exists(sparse) && !exists(sparse + ((3UL << 30) + PAGE))); /* what was never written costs nothing */
        CHECK(mprotect(closed, MB, PROT_READ) == 0 && filled(closed, MB, 2) && mprotect(closed, MB, PROT_NONE) == 0);
        beat();
    }
}
