/* Registers held in a spinning loop and across a system call: general, AVX, MXCSR, x87 control word and stack, rounding mode. */
#include "app.h"
#include <fenv.h>
#include <immintrin.h>

/* Loads all ymm registers, lets time pass by spinning and by sleeping in the kernel, stores them again. */
__attribute__((target("avx"), noinline)) static void hold(const char *in, char *out, struct timespec *sleep_time, long spins) {
    register long count asm("r12") = spins;
    register long b asm("r13") = 0x1313131313131313, c asm("r14") = 0x1414141414141414, d asm("r15") = 0x1515151515151515;
#define EACH(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13) M(14) M(15)
#define LOAD(n) "vmovdqu " #n "*32(%%rax), %%ymm" #n "\n"
#define STORE(n) "vmovdqu %%ymm" #n ", " #n "*32(%%rdx)\n"
    long sleeping = SYS_nanosleep;
    __asm__ volatile("movq %[in], %%rax\n" EACH(LOAD)
                     "fldpi\nfldln2\n"
                     "1: dec %[count]\n jnz 1b\n"
                     "movq %[nr], %%rax\n movq %[ts], %%rdi\n xorl %%esi, %%esi\n syscall\n"
                     "movq %%rax, %%rbx\n movq %[out], %%rdx\n" EACH(STORE)
                     "movq %%rbx, 512(%%rdx)\n fstpt 528(%%rdx)\n fstpt 544(%%rdx)\n vzeroupper\n"
                     : [count] "+r"(count), "+r"(b), "+r"(c), "+r"(d)
                     : [in] "m"(in), [out] "m"(out), [nr] "m"(sleeping), [ts] "m"(sleep_time)
                     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r11", "memory", "st", "st(1)", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                       "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    CHECK(count == 0 && b == 0x1313131313131313 && c == 0x1414141414141414 && d == 0x1515151515151515);
}

__attribute__((target("avx512f,avx512bw"), noinline)) static void hold_avx512(void) {
    uint64_t in[8], out[8], mask = 0x123456789abcdef0, after;
    fill(in, sizeof in, 512);
    long spins = 4000000;
    __asm__ volatile("vmovdqu64 (%[in]), %%zmm29\n kmovq %[mask], %%k5\n"
                     "1: dec %[spins]\n jnz 1b\n"
                     "vmovdqu64 %%zmm29, (%[out])\n kmovq %%k5, %[after]\n"
                     : [after] "=&r"(after), [spins] "+r"(spins)
                     : [in] "r"(in), [out] "r"(out), [mask] "r"(mask)
                     : "memory", "xmm29", "k5");
    CHECK(after == mask && memcmp(in, out, sizeof in) == 0);
}

static void *spinner(void *unused) {
    (void)unused;
    CHECK(fesetround(FE_TOWARDZERO) == 0);
    for (;;) {
        CHECK(fegetround() == FE_TOWARDZERO);
        volatile double one = 1, ten = 10; /* rounded to nearest, the quotient is 0.1 */
        CHECK(one / ten < 0.1 && -one / ten > -0.1);
        tick(10);
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_t other;
    CHECK(pthread_create(&other, NULL, spinner, NULL) == 0);
    if (!__builtin_cpu_supports("avx")) say("no AVX here");
    char in[512], out[576];
    struct timespec sleep_time = {0, 20000000};
    unsigned short control = 0x0e7f, read_back; /* x87: round to zero, double precision, all masked */
    unsigned mxcsr = 0xdf80;                    /* flush to zero, denormals are zero off, round up, all masked */
    CHECK(fesetround(FE_UPWARD) == 0);
    _mm_setcsr(mxcsr);
    __asm__ volatile("fldcw %0" ::"m"(control));
    for (uint64_t round = 1;; round++) {
        fill(in, sizeof in, round * 1000);
        if (__builtin_cpu_supports("avx")) {
            hold(in, out, &sleep_time, 8000000);
            CHECK(memcmp(in, out, sizeof in) == 0);
            CHECK(*(long *)(out + 512) == 0); /* the sleep, not interrupted */
            long double ln2, pi;
            memcpy(&ln2, out + 528, 10), memcpy(&pi, out + 544, 10);
            CHECK(ln2 > 0.69L && ln2 < 0.70L && pi > 3.14L && pi < 3.15L);
        }
        if (__builtin_cpu_supports("avx512bw")) hold_avx512();
        __asm__ volatile("fnstcw %0" : "=m"(read_back));
        CHECK(read_back == control);
        CHECK((_mm_getcsr() & ~0x3fu) == mxcsr);
        beat();
    }
}
