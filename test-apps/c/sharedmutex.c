/* Process-shared mutexes, robust and priority-inheriting ones, condition variables, barriers and semaphores over processes. */
#include "app.h"
#include <semaphore.h>
#define WORKERS 3

struct board {
    pthread_mutex_t plain, robust, inherit, held;
    pthread_cond_t changed;
    pthread_barrier_t barrier;
    sem_t semaphore;
    long counter, turn, done[WORKERS];
} *b;

static void make(pthread_mutex_t *mutex, int robust, int protocol) {
    pthread_mutexattr_t attributes;
    CHECK(pthread_mutexattr_init(&attributes) == 0 && pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
    CHECK(pthread_mutexattr_setrobust(&attributes, robust) == 0 && pthread_mutexattr_setprotocol(&attributes, protocol) == 0);
    CHECK(pthread_mutex_init(mutex, &attributes) == 0);
}

static void work(int me, int pipe_end) {
    for (long turn = 1;; turn++, alive(pipe_end)) {
        CHECK(pthread_mutex_lock(&b->plain) == 0);
        while (b->turn < turn) CHECK(pthread_cond_wait(&b->changed, &b->plain) == 0);
        CHECK(pthread_mutex_unlock(&b->plain) == 0);
        for (int i = 0; i < 100; i++) {
            CHECK(pthread_mutex_lock(&b->inherit) == 0);
            b->counter++;
            CHECK(pthread_mutex_unlock(&b->inherit) == 0);
        }
        int result = pthread_barrier_wait(&b->barrier);
        CHECK(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
        while (sem_wait(&b->semaphore) == -1) CHECK(errno == EINTR);
        CHECK(pthread_mutex_lock(&b->plain) == 0);
        b->done[me] = turn;
        CHECK(pthread_cond_broadcast(&b->changed) == 0 && pthread_mutex_unlock(&b->plain) == 0);
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(b != MAP_FAILED);
    make(&b->plain, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_NONE), make(&b->robust, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
    make(&b->inherit, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT), make(&b->held, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_INHERIT);
    pthread_condattr_t condition;
    pthread_barrierattr_t barrier;
    CHECK(pthread_condattr_init(&condition) == 0 && pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED) == 0 && pthread_cond_init(&b->changed, &condition) == 0);
    CHECK(pthread_barrierattr_init(&barrier) == 0 && pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED) == 0 && pthread_barrier_init(&b->barrier, &barrier, WORKERS) == 0);
    CHECK(sem_init(&b->semaphore, 1, 0) == 0);
    int pipe_ends[2];
    CHECK(pipe(pipe_ends) == 0);
    for (int i = 0; i < WORKERS; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) work(i, pipe_ends[1]);
    }
    for (long turn = 1;; turn++) {
        int hold[2], status;
        CHECK(pipe(hold) == 0);
        pid_t owner = fork(); /* takes both robust mutexes and dies with them */
        CHECK(owner >= 0);
        if (owner == 0) {
            char byte;
            CHECK(pthread_mutex_lock(&b->robust) == 0 && pthread_mutex_lock(&b->held) == 0 && write(hold[1], "h", 1) == 1 && close(hold[1]) == 0);
            CHECK(read(pipe_ends[0], &byte, 0) == 0);
            for (;;) tick(100);
        }
        char byte;
        CHECK(read(hold[0], &byte, 1) == 1 && close(hold[0]) == 0 && close(hold[1]) == 0);
        CHECK(pthread_mutex_lock(&b->plain) == 0);
        b->turn = turn;
        CHECK(pthread_cond_broadcast(&b->changed) == 0 && pthread_mutex_unlock(&b->plain) == 0);
        beat();
        for (int i = 0; i < WORKERS; i++) CHECK(sem_post(&b->semaphore) == 0);
        CHECK(pthread_mutex_lock(&b->plain) == 0);
        for (int i = 0; i < WORKERS; i++)
            while (b->done[i] < turn) CHECK(pthread_cond_wait(&b->changed, &b->plain) == 0);
        CHECK(pthread_mutex_unlock(&b->plain) == 0 && b->counter == turn * WORKERS * 100);
        CHECK(pthread_mutex_trylock(&b->robust) == EBUSY && pthread_mutex_trylock(&b->held) == EBUSY);
        CHECK(kill(owner, SIGKILL) == 0 && waitpid(owner, &status, 0) == owner);
        CHECK(pthread_mutex_lock(&b->robust) == EOWNERDEAD && pthread_mutex_consistent(&b->robust) == 0 && pthread_mutex_unlock(&b->robust) == 0);
        CHECK(pthread_mutex_lock(&b->held) == EOWNERDEAD && pthread_mutex_consistent(&b->held) == 0 && pthread_mutex_unlock(&b->held) == 0);
        expect_alive(pipe_ends[0]);
    }
}
