/* Thread-local storage, thread-specific keys, fs and gs bases, rseq, and joining (set_child_tid/clear_child_tid). */
#include "app.h"
#include <asm/prctl.h>
#include <sys/rseq.h>

static __thread uint64_t mine[512];
static __thread int touched = 77;
static pthread_key_t key;

static unsigned rseq_cpu(void) {
    return ((volatile struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset))->cpu_id;
}

/* The kernel keeps cpu_id of a registered area true whenever we are moved. */
static void check_rseq(long turn) {
    if (__rseq_size == 0) return;
    cpu_set_t all, one;
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &all) || (cpu + turn) % 2) continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
        CHECK(rseq_cpu() == (unsigned)cpu);
    }
    CHECK(sched_setaffinity(0, sizeof all, &all) == 0);
}

static void *worker(void *number) {
    uint64_t seed = (uintptr_t)number * 10000, fs, gs = 0;
    fill(mine, sizeof mine, seed);
    touched = (int)seed;
    CHECK(pthread_setspecific(key, &mine[3]) == 0);
    CHECK(syscall(SYS_arch_prctl, ARCH_SET_GS, seed + 0x1000) == 0);
    pthread_t self = pthread_self();
    for (long turn = 0; turn < 15; turn++) {
        CHECK(filled(mine, sizeof mine, seed) && touched == (int)seed);
        CHECK(pthread_getspecific(key) == &mine[3]);
        CHECK(pthread_equal(self, pthread_self()));
        CHECK(syscall(SYS_arch_prctl, ARCH_GET_FS, &fs) == 0 && fs == (uint64_t)self);
        CHECK(syscall(SYS_arch_prctl, ARCH_GET_GS, &gs) == 0 && gs == seed + 0x1000);
        errno = (int)seed;
        tick(20);
        CHECK(errno == (int)seed);
        check_rseq(turn);
    }
    return number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(pthread_key_create(&key, NULL) == 0);
    pthread_t thread[8];
    for (;;) {
        for (uintptr_t i = 0; i < 8; i++) CHECK(pthread_create(&thread[i], NULL, worker, (void *)(i + 1)) == 0);
        for (uintptr_t i = 0; i < 8; i++) {
            void *result;
            CHECK(pthread_join(thread[i], &result) == 0 && result == (void *)(i + 1));
            CHECK(touched == 77);
            beat();
        }
    }
}
