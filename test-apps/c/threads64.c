/* 64 threads with names, affinity, niceness and policy of their own, meeting at a barrier before every heartbeat. */
#include "app.h"
#define THREADS 64

static pthread_barrier_t barrier;
static long turns[THREADS];

static void *worker(void *number) {
    int n = (int)(uintptr_t)number, cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    char name[16], read_back[16];
    snprintf(name, sizeof name, "worker %d", n);
    CHECK(prctl(PR_SET_NAME, name) == 0);
    cpu_set_t all, own, got;
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    own = all;
    if (CPU_ISSET(n % cpus, &all)) {
        CPU_ZERO(&own);
        CPU_SET(n % cpus, &own);
    }
    CHECK(sched_setaffinity(0, sizeof own, &own) == 0);
    int base = getpriority(PRIO_PROCESS, 0), nice_value = base + n % 10, policy = n % 3 == 0 ? SCHED_BATCH : SCHED_OTHER;
    if (nice_value > 19) nice_value = 19;
    struct sched_param parameter = {0};
    CHECK(syscall(SYS_sched_setscheduler, 0, policy, &parameter) == 0); /* musl has stubs only */
    CHECK(setpriority(PRIO_PROCESS, 0, nice_value) == 0);
    pid_t tid = gettid();
    for (;;) {
        CHECK(gettid() == tid);
        CHECK(prctl(PR_GET_NAME, read_back) == 0 && strcmp(name, read_back) == 0);
        CHECK(sched_getaffinity(0, sizeof got, &got) == 0 && CPU_EQUAL(&got, &own));
        errno = 0;
        CHECK(getpriority(PRIO_PROCESS, 0) == nice_value && errno == 0);
        CHECK(syscall(SYS_sched_getscheduler, 0) == policy);
        turns[n]++;
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 128 << 10);
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS + 1) == 0);
    pthread_t thread;
    for (uintptr_t i = 0; i < THREADS; i++) CHECK(pthread_create(&thread, &attributes, worker, (void *)i) == 0);
    for (;;) {
        pthread_barrier_wait(&barrier);
        for (int i = 0; i < THREADS; i++) CHECK(turns[i] == app_beats + 1);
        beat();
        pthread_barrier_wait(&barrier);
    }
}
