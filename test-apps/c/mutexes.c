/* Robust and priority-inheriting mutexes owned, and waited for, across a checkpoint; condition variables and read-write locks. */
#include "app.h"

static pthread_mutex_t robust, inheriting, plain = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t both;
static long round_number;

/* Dies with the robust mutex in its hands: the kernel tells the waiter, from the list that set_robust_list named. */
static void *dies_as_owner(void *unused) {
    CHECK(pthread_mutex_lock(&robust) == 0);
    pthread_barrier_wait(&both);
    tick(250);
    return unused;
}

static void *owns_a_while(void *unused) {
    CHECK(pthread_mutex_lock(&inheriting) == 0);
    CHECK(pthread_rwlock_wrlock(&lock) == 0);
    pthread_barrier_wait(&both);
    tick(250);
    CHECK(pthread_mutex_unlock(&inheriting) == 0);
    tick(100);
    CHECK(pthread_rwlock_unlock(&lock) == 0);
    return unused;
}

static void *announces(void *unused) {
    for (;;) {
        tick(30);
        pthread_mutex_lock(&plain);
        round_number++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&plain);
    }
    return unused;
}

static void make(pthread_mutex_t *mutex, int is_robust) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    if (is_robust) CHECK(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0);
    else CHECK(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT) == 0);
    CHECK(pthread_mutex_init(mutex, &attributes) == 0);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_t thread;
    make(&robust, 1);
    make(&inheriting, 0);
    pthread_barrier_init(&both, NULL, 2);
    CHECK(pthread_create(&thread, NULL, announces, NULL) == 0);
    for (;;) {
        CHECK(pthread_create(&thread, NULL, dies_as_owner, NULL) == 0);
        pthread_barrier_wait(&both);
        CHECK(pthread_mutex_trylock(&robust) == EBUSY);
        CHECK(pthread_mutex_lock(&robust) == EOWNERDEAD);
        CHECK(pthread_mutex_consistent(&robust) == 0 && pthread_mutex_unlock(&robust) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        beat();
        CHECK(pthread_create(&thread, NULL, owns_a_while, NULL) == 0);
        pthread_barrier_wait(&both);
        CHECK(pthread_mutex_lock(&inheriting) == 0);
        CHECK(pthread_mutex_unlock(&inheriting) == 0);
        CHECK(pthread_rwlock_rdlock(&lock) == 0 && pthread_rwlock_unlock(&lock) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        beat();
        pthread_mutex_lock(&plain);
        long until = round_number + 3;
        while (round_number < until) CHECK(pthread_cond_wait(&changed, &plain) == 0);
        pthread_mutex_unlock(&plain);
        beat();
    }
}
