/* The main thread has exited; the other threads live on. */
#include "app.h"

static pid_t process;
static volatile long turns;

static void *second(void *unused) {
    for (;;) {
        turns++;
        tick(10);
    }
    return unused;
}

static void *first(void *unused) {
    char path[64], text[1024];
    pid_t tid = gettid();
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", process);
    while (strrchr(slurp(path, text, sizeof text), ')')[2] != 'Z') tick(1);
    for (long before = -1;;) {
        CHECK(getpid() == process && gettid() == tid && tid != process);
        CHECK(strrchr(slurp(path, text, sizeof text), ')')[2] == 'Z');
        CHECK(turns > before);
        before = turns - 1;
        beat();
    }
    return unused;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    process = getpid();
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, first, NULL) == 0);
    CHECK(pthread_create(&thread, NULL, second, NULL) == 0);
    pthread_exit(NULL);
}
