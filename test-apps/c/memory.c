/* Anonymous memory of every kind: contents, protections and advice; written by a thread all the time. */
#include "app.h"
#define MB (1UL << 20)
#define TB (1UL << 40)

static char *map(size_t bytes, int protection, int flags) {
    char *at = mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    CHECK(at != MAP_FAILED);
    return at;
}

/* The VmFlags line of the mapping that starts at an address. */
static int has_flag(const void *at, const char *flag) {
    static char text[4 << 20];
    char start[32], *line;
    snprintf(start, sizeof start, "\n%lx-", (unsigned long)at);
    slurp("/proc/self/smaps", text + 1, sizeof text - 1), text[0] = '\n';
    CHECK((line = strstr(text, start)) != NULL && (line = strstr(line, "VmFlags:")) != NULL);
    *strchr(line, '\n') = 0;
    return strstr(line, flag) != NULL;
}

static int resident(void *at) {
    unsigned char page;
    CHECK(mincore(at, 4096, &page) == 0);
    return page & 1;
}

struct slate { volatile uint64_t left[4096], right[4096]; };

/* Keeps two halves equal but for the word being written: a torn or stale page shows at once. */
static void *writer(void *to) {
    struct slate *slate = to;
    for (uint64_t n = 1;; n++) {
        for (int i = 0; i < 4096; i++) {
            CHECK(slate->left[i] == n - 1 && slate->right[i] == n - 1);
            slate->left[i] = n, slate->right[i] = n;
        }
        tick(1);
    }
    return NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    char *random = map(24 * MB, PROT_READ | PROT_WRITE, 0);
    fill(random, 24 * MB, 1);
    char *hidden = map(MB, PROT_READ | PROT_WRITE, 0);
    fill(hidden, MB, 2), CHECK(mprotect(hidden, MB, PROT_NONE) == 0);
    char *guard = map(3 * 4096, PROT_READ | PROT_WRITE, 0);
    guard[0] = 'a', guard[8192] = 'b', CHECK(mprotect(guard + 4096, 4096, PROT_NONE) == 0);
    char *sparse = map(TB, PROT_READ | PROT_WRITE, MAP_NORESERVE);
    for (uint64_t i = 0; i < 16; i++) fill(sparse + i * (TB / 16) + i * 4096, 4096, 3 + i);
    char *zeros = map(8 * MB, PROT_READ | PROT_WRITE, 0);
    memset(zeros, 0, 8 * MB);
    char *locked = map(4 * 4096, PROT_READ | PROT_WRITE, 0);
    fill(locked, 4 * 4096, 30), CHECK(mlock(locked, 4 * 4096) == 0);
    char *unforked = map(MB, PROT_READ | PROT_WRITE, 0);
    fill(unforked, MB, 31), CHECK(madvise(unforked, MB, MADV_DONTFORK) == 0);
    char *wiped = map(MB, PROT_READ | PROT_WRITE, 0);
    fill(wiped, MB, 32), CHECK(madvise(wiped, MB, MADV_WIPEONFORK) == 0);
    char *huge = map(8 * MB, PROT_READ | PROT_WRITE, 0);
    CHECK(madvise(huge, 8 * MB, MADV_HUGEPAGE) == 0), fill(huge, 8 * MB, 33);
    char *undumped = map(MB, PROT_READ | PROT_WRITE, 0);
    fill(undumped, MB, 34), CHECK(madvise(undumped, MB, MADV_DONTDUMP) == 0);
    unsigned char *code = (unsigned char *)map(4096, PROT_READ | PROT_WRITE, 0);
    memcpy(code, "\xb8\x2a\x00\x00\x00\xc3", 6), CHECK(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0);
    char *readable = map(MB, PROT_READ | PROT_WRITE, 0);
    fill(readable, MB, 35), CHECK(mprotect(readable, MB, PROT_READ) == 0);
    struct slate *slate = (struct slate *)map(sizeof(struct slate), PROT_READ | PROT_WRITE, 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, writer, slate) == 0);
    char *base = sbrk(0), *top = base;
    CHECK(brk(base + MB) == 0), top = base + MB, fill(base, MB, 36);
    for (long n = 0;; n++) {
        CHECK(filled(random, 24 * MB, 1) && filled(locked, 4 * 4096, 30) && filled(unforked, MB, 31) && filled(wiped, MB, 32));
        CHECK(filled(huge, 8 * MB, 33) && filled(undumped, MB, 34) && filled(readable, MB, 35) && filled(base, MB, 36));
        for (uint64_t i = 0; i < 16; i++) CHECK(filled(sparse + i * (TB / 16) + i * 4096, 4096, 3 + i));
        CHECK(sparse[n % 1024 * (TB / 1024) + 5 * MB + 4097] == 0 || n % 64 == 0);
        for (size_t i = 0; i < 8 * MB; i += 4096) CHECK(zeros[i + n % 4096] == 0);
        CHECK(guard[0] == 'a' && guard[8192] == 'b' && ((int (*)(void))code)() == 42);
        CHECK(write(app_log, guard + 4096, 1) == -1 && errno == EFAULT); /* still unreadable */
        CHECK(write(app_log, hidden, 1) == -1 && errno == EFAULT);
        CHECK(mprotect(hidden, MB, PROT_READ) == 0 && filled(hidden, MB, 2) && mprotect(hidden, MB, PROT_NONE) == 0);
        CHECK(has_flag(locked, " lo") && has_flag(unforked, " dc") && has_flag(wiped, " wf") && has_flag(huge, " hg") && has_flag(undumped, " dd"));
        CHECK(has_flag(sparse, " nr") && resident(locked) && !resident(sparse + TB / 2 + 900 * MB));
        CHECK(sbrk(0) == top); /* the break is where it was, grows and shrinks */
        char *more = base + MB + (n % 8 + 1) * 65536;
        CHECK(brk(more) == 0), memset(base + MB, 1, more - base - MB), CHECK(brk(base + MB) == 0);
        beat();
    }
}
