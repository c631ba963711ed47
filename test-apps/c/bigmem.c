/* Much memory with a checksum: bigmem LOG MEGABYTES. Every heartbeat checks a part, and now and then rewrites one megabyte. */
#include "app.h"
#define MB (1UL << 20)

int main(int argc, char **argv) {
    begin(argc, argv);
    size_t megabytes = argc > 2 ? strtoul(argv[2], NULL, 10) : 1024;
    char *memory = mmap(NULL, megabytes * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint64_t *version = calloc(megabytes, sizeof *version);
    CHECK(memory != MAP_FAILED && version != NULL);
    for (size_t i = 0; i < megabytes; i++) fill(memory + i * MB, MB, i << 32);
    size_t part = megabytes < 32 ? megabytes : 32;
    for (size_t at = 0;; at = (at + part) % megabytes) {
        for (size_t i = 0; i < part; i++) {
            size_t n = (at + i) % megabytes;
            CHECK(filled(memory + n * MB, MB, (n << 32) + version[n]));
        }
        size_t rewritten = mix(app_beats) % megabytes;
        fill(memory + rewritten * MB, MB, (rewritten << 32) + ++version[rewritten]);
        beat();
    }
}
