/* vfork (the parent stands still in the kernel until the child execs), posix_spawn, system, and threads that come and go. */
#include "app.h"
#include <spawn.h>

extern char **environ;

static void check(pid_t child, int expected) {
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == expected);
}

static void *brief(void *number) {
    tick(5);
    return number;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--exit") == 0) return atoi(argv[2]);
    begin(argc, argv);
    for (int n = 0;; n = (n + 1) % 100) {
        char number[8];
        snprintf(number, sizeof number, "%d", n);
        char *arguments[] = {argv[0], "--exit", number, NULL};
        pid_t child = vfork();
        CHECK(child >= 0);
        if (child == 0) {
            struct timespec a_while = {0, n % 10 == 0 ? 200000000 : 5000000}; /* so that checkpoints meet it */
            nanosleep(&a_while, NULL);
            execv("/proc/self/exe", arguments);
            _exit(120);
        }
        check(child, n);
        CHECK(posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ) == 0);
        check(child, n);
        CHECK(system("exit 3") == 3 << 8);
        pthread_t threads[4];
        for (uintptr_t i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, brief, (void *)i) == 0);
        for (uintptr_t i = 0; i < 4; i++) {
            void *result;
            CHECK(pthread_join(threads[i], &result) == 0 && result == (void *)i);
        }
        beat();
    }
}
