/* Handlers with flags and masks, blocked and pending signals with their values (process and thread), the alternate stack. */
#include "app.h"
#define RT (SIGRTMIN + 1)
#define THREAD_RT (SIGRTMIN + 2)

struct kernel_action { void *handler; unsigned long flags; void *restorer; unsigned long mask; };
static struct kernel_action actions[65];
static char alternate[4 * 16384];
static volatile sig_atomic_t on_alternate;
static pthread_barrier_t remembered;

static void handler(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    char here;
    if (number == SIGUSR2) on_alternate = &here > alternate && &here < alternate + sizeof alternate ? 1 : -1;
}

static void remember(struct kernel_action *to) {
    for (int i = 1; i <= 64; i++) syscall(SYS_rt_sigaction, i, NULL, &to[i], 8);
}

static void install(int number, int flags, int masked) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    if (masked) sigaddset(&action.sa_mask, masked);
    CHECK(sigaction(number, &action, NULL) == 0);
}

static sigset_t set_of(int a, int b, int c) {
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, a), sigaddset(&set, b), sigaddset(&set, c);
    return set;
}

/* Fetches one pending signal, which must be the one that we queued. */
static void fetch(int number, int code, int value) {
    sigset_t set = set_of(number, number, number);
    siginfo_t info;
    struct timespec none = {0, 0};
    CHECK(syscall(SYS_rt_sigtimedwait, &set, &info, &none, 8) == number); /* glibc's would hide SI_TKILL */
    CHECK(info.si_code == code && info.si_pid == getpid() && info.si_uid == getuid());
    CHECK(code != SI_QUEUE || info.si_value.sival_int == value);
}

/* One turn: queue, keep pending for some heartbeats while everything stays as it was, fetch in order. */
static void turn(int base, int real_time, int standard, int (*queue)(int, int), int beats) {
    for (int i = 0; i < 10; i++) CHECK(queue(real_time, base + i) == 0);
    CHECK(standard == SIGUSR1 ? kill(getpid(), standard) == 0 : raise(standard) == 0);
    CHECK(raise(SIGQUIT) == 0);
    sigset_t mask, pending, first_mask;
    pthread_sigmask(SIG_SETMASK, NULL, &first_mask);
    for (int i = 0; i < beats; i++) {
        struct kernel_action current[65];
        remember(current);
        CHECK(memcmp(&current[1], &actions[1], sizeof actions - sizeof *actions) == 0);
        pthread_sigmask(SIG_SETMASK, NULL, &mask);
        CHECK(memcmp(&mask, &first_mask, 8) == 0);
        CHECK(sigpending(&pending) == 0 && sigismember(&pending, real_time) && sigismember(&pending, standard));
        CHECK(sigismember(&pending, SIGQUIT) && !sigismember(&pending, SIGHUP) && !sigismember(&pending, SIGCHLD));
        gettid() == getpid() ? beat() : tick(50);
    }
    for (int i = 0; i < 10; i++) fetch(real_time, SI_QUEUE, base + i);
    fetch(standard, standard == SIGUSR1 ? SI_USER : SI_TKILL, 0), fetch(SIGQUIT, SI_TKILL, 0);
    CHECK(sigpending(&pending) == 0 && !sigismember(&pending, real_time) && !sigismember(&pending, standard));
}

static int to_process(int number, int value) { return sigqueue(getpid(), number, (union sigval){.sival_int = value}); }
static int to_thread(int number, int value) { return pthread_sigqueue(pthread_self(), number, (union sigval){.sival_int = value}); }

static void *thread(void *unused) {
    sigset_t blocked = set_of(THREAD_RT, SIGQUIT, SIGWINCH);
    sigaddset(&blocked, SIGUSR1), sigaddset(&blocked, RT);
    CHECK(pthread_sigmask(SIG_SETMASK, &blocked, NULL) == 0);
    pthread_barrier_wait(&remembered);
    for (int base = 0;; base += 100) turn(base, THREAD_RT, SIGWINCH, to_thread, 15);
    return unused;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    sigset_t blocked = set_of(RT, SIGUSR1, SIGQUIT);
    CHECK(sigprocmask(SIG_SETMASK, &blocked, NULL) == 0);
    install(SIGUSR1, SA_SIGINFO | SA_RESTART, SIGHUP);
    install(SIGUSR2, SA_SIGINFO | SA_ONSTACK | SA_NODEFER, SIGALRM);
    install(RT, SA_SIGINFO, SIGTERM), install(SIGURG, SA_SIGINFO | SA_RESETHAND, SIGINT), install(SIGCHLD, SA_SIGINFO | SA_NOCLDSTOP, 0);
    signal(SIGHUP, SIG_IGN), signal(SIGPIPE, SIG_IGN), pthread_barrier_init(&remembered, NULL, 2);
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate}, current;
    CHECK(sigaltstack(&stack, NULL) == 0);
    pthread_t other;
    CHECK(pthread_create(&other, NULL, thread, NULL) == 0);
    remember(actions);
    pthread_barrier_wait(&remembered);
    for (int base = 1000;; base += 100) {
        turn(base, RT, SIGUSR1, to_process, 12);
        CHECK(sigaltstack(NULL, &current) == 0 && current.ss_sp == alternate && current.ss_size == sizeof alternate && current.ss_flags == 0);
        on_alternate = 0;
        CHECK(raise(SIGUSR2) == 0 && on_alternate == 1);
    }
}
