/* Holds one thing that cannot be restored, and notices any harm: the checkpoint is refused, it goes on. unrestorable LOG HOW. */
#include "app.h"
#include <linux/aio_abi.h>
#include <linux/io_uring.h>

static int ring;
static unsigned *sq_tail, *cq_head, *cq_tail, *sq_array;
static struct io_uring_sqe *entries;
static aio_context_t context;
static const char *how;

static void make(void) {
    if (strcmp(how, "aio") == 0) {
        CHECK(syscall(SYS_io_setup, 8, &context) == 0);
    } else if (strcmp(how, "io_uring") == 0) {
        struct io_uring_params setup = {0};
        CHECK((ring = (int)syscall(SYS_io_uring_setup, 8, &setup)) >= 0);
        char *rings = mmap(NULL, setup.cq_off.cqes + setup.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
        entries = mmap(NULL, setup.sq_entries * sizeof *entries, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
        CHECK(rings != MAP_FAILED && entries != MAP_FAILED);
        sq_tail = (unsigned *)(rings + setup.sq_off.tail);
        sq_array = (unsigned *)(rings + setup.sq_off.array);
        cq_head = (unsigned *)(rings + setup.cq_off.head);
        cq_tail = (unsigned *)(rings + setup.cq_off.tail);
    } else if (strcmp(how, "dnotify") == 0) {
        signal(SIGIO, SIG_IGN);
        CHECK((ring = open("/tmp", O_RDONLY)) >= 0 && fcntl(ring, F_NOTIFY, DN_RENAME | DN_MULTISHOT) == 0);
    } else {
        CHECK(strcmp(how, "pidfd") == 0 && (ring = (int)syscall(SYS_pidfd_open, getppid(), 0)) >= 0);
    }
}

static void use(void) {
    if (context) {
        struct iocb read_zero = {.aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = (uint32_t)open("/dev/zero", O_RDONLY), .aio_buf = (uintptr_t)malloc(64), .aio_nbytes = 64, .aio_data = 7}, *all = &read_zero;
        struct io_event event;
        CHECK(syscall(SYS_io_submit, context, 1, &all) == 1 && syscall(SYS_io_getevents, context, 1, 1, &event, NULL) == 1 && event.data == 7 && event.res == 64);
        free((void *)(uintptr_t)read_zero.aio_buf);
        close((int)read_zero.aio_fildes);
    } else if (entries) {
        entries[0] = (struct io_uring_sqe){.opcode = IORING_OP_NOP, .user_data = 7};
        sq_array[*sq_tail & 7] = 0;
        __atomic_store_n(sq_tail, *sq_tail + 1, __ATOMIC_RELEASE);
        CHECK(syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1 && *cq_tail - *cq_head == 1);
        ++*cq_head;
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    CHECK(argc > 2);
    how = argv[2];
    make();
    for (;;) {
        use();
        beat();
    }
}
