/* Clocks: monotonic and real time never run backwards and go on at the same pace (vdso and system call alike); CPU clocks grow. */
#include "app.h"

static double read_clock(int id, int by_system_call) {
    struct timespec time;
    CHECK((by_system_call ? syscall(SYS_clock_gettime, id, &time) : clock_gettime(id, &time)) == 0);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    static const int ids[] = {CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
    double last[7] = {0};
    for (;;) {
        for (int i = 0; i < 7; i++) {
            if (i == 5 || i == 6) { /* CPU time of a new process starts anew; within a process it grows */
                double one = read_clock(ids[i], 0), two = read_clock(ids[i], 1);
                CHECK(one >= 0 && two >= one && one < 3600);
                continue;
            }
            double value = read_clock(ids[i], 0), again = read_clock(ids[i], 1);
            CHECK(value >= last[i] && again >= value - 0.001 && again - value < 1);
            last[i] = value;
        }
        time_t seconds = time(NULL);
        CHECK(seconds >= (time_t)last[1] - 1 && seconds - last[1] < 2); /* time() may lag by a clock tick */
        double start = read_clock(CLOCK_MONOTONIC, 0);
        beat();
        CHECK(read_clock(CLOCK_MONOTONIC, 0) - start >= 0.0499);
    }
}
