/* Counts the signals that it gets and says so ("signal N times K"); on SIGTERM it says "leaving" and exits with 33. */
#include "app.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    static const int counted[] = {SIGHUP, SIGINT, SIGQUIT, SIGABRT, 34, 62, 64, SIGUSR1, SIGUSR2, SIGTERM, SIGALRM, SIGWINCH, SIGTSTP, SIGCONT};
    sigset_t set;
    sigemptyset(&set);
    for (unsigned i = 0; i < sizeof counted / sizeof *counted; i++) sigaddset(&set, counted[i]);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    int seen[65] = {0};
    for (;;) {
        int number;
        struct timespec none = {0, 0};
        while ((number = sigtimedwait(&set, NULL, &none)) > 0) {
            say("signal %d times %d", number, ++seen[number]);
            if (number == SIGTERM) {
                say("leaving");
                return 33;
            }
        }
        beat();
    }
}
