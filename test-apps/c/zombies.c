/* Dead children, by exit code and by signal, stay zombies until they are waited for, and then tell how they died. */
#include "app.h"
#define COUNT 6

static const int HOW[COUNT] = {7, 0, -SIGTERM, 255, -SIGKILL, -SIGUSR1}; /* negative: by that signal */

static void check_status(int status, int how) {
    if (how >= 0) CHECK(WIFEXITED(status) && WEXITSTATUS(status) == how);
    else CHECK(WIFSIGNALED(status) && WTERMSIG(status) == -how);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    pid_t child[COUNT];
    for (;;) {
        for (int i = 0; i < COUNT; i++) {
            CHECK((child[i] = fork()) >= 0);
            if (child[i] == 0) {
                char name[16];
                snprintf(name, sizeof name, "dead %d", i);
                prctl(PR_SET_NAME, name);
                if (HOW[i] >= 0) _exit(HOW[i]);
                signal(-HOW[i], SIG_DFL);
                kill(getpid(), -HOW[i]);
                pause();
            }
            siginfo_t info;
            CHECK(waitid(P_PID, child[i], &info, WEXITED | WNOWAIT) == 0);
        }
        for (int n = 0; n < 20; n++) {
            for (int i = 0; i < COUNT; i++) {
                siginfo_t info = {0};
                char path[64], text[1024], expected[64];
                CHECK(state_of(child[i]) == 'Z');
                snprintf(path, sizeof path, "/proc/%d/stat", child[i]);
                snprintf(expected, sizeof expected, "%d (dead %d)", child[i], i);
                CHECK(strncmp(slurp(path, text, sizeof text), expected, strlen(expected)) == 0);
                CHECK(waitid(P_PID, child[i], &info, WEXITED | WNOWAIT) == 0 && info.si_pid == child[i]);
                CHECK(info.si_code == (HOW[i] >= 0 ? CLD_EXITED : CLD_KILLED) && info.si_uid == getuid());
            }
            beat();
        }
        for (int i = 0; i < COUNT; i++) {
            int status;
            CHECK(waitpid(child[i], &status, 0) == child[i]);
            check_status(status, HOW[i]);
        }
        CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
    }
}
