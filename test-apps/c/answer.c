/* The library of library.c, large enough that most of its pages are untouched at the time of a checkpoint. */
const char padding[1 << 20] = {1};

int answer(int n) {
    return n * 3 + padding[(n * 4096) & 0xff000 & ~0] + (((n * 4096) & 0xff000) != 0);
}
