/* Growing stacks: the main one and a MAP_GROWSDOWN one go on growing after a restart; their contents stay. */
#include "app.h"
#include <ucontext.h>

static volatile long deepest, turn;

/* Every frame keeps a kilobyte that must be unharmed on the way back; the deepest one sleeps. */
static uint64_t descend(long depth, uint64_t seed) {
    uint64_t frame[128];
    fill(frame, sizeof frame, seed + depth);
    if (depth > 0) descend(depth - 1, seed);
    else tick(20);
    CHECK(filled(frame, sizeof frame, seed + depth));
    return frame[depth % 128];
}

static ucontext_t home, guest;

static void on_other_stack(void) {
    for (;;) {
        descend(100 + turn % 400, 7777);
        swapcontext(&guest, &home);
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    uint64_t anchor[1024];
    fill(anchor, sizeof anchor, 4242);
    size_t reserve = 16 << 20, first = 64 << 10;
    char *area = mmap(NULL, reserve, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(area != MAP_FAILED && munmap(area, reserve) == 0);
    char *stack = mmap(area + reserve - first, first, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
    CHECK(stack != MAP_FAILED);
    getcontext(&guest);
    guest.uc_stack.ss_sp = stack;
    guest.uc_stack.ss_size = first;
    guest.uc_link = &home;
    makecontext(&guest, on_other_stack, 0);
    for (;; turn++) { /* always deeper than before, by 16 KiB a heartbeat and at most 6 MiB: most of it after a restart */
        long depth = 16 + turn * 16 % 6000;
        descend(depth, 1000);
        swapcontext(&home, &guest);
        CHECK(filled(anchor, sizeof anchor, 4242));
        beat();
    }
}
