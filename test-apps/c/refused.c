/* Holds something that cannot be restored (a connected TCP socket), and notices any harm: the checkpoint is refused, it goes on. */
#include "app.h"
#include <arpa/inet.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), two;
    CHECK(listening >= 0 && one >= 0 && bind(listening, (struct sockaddr *)&address, length) == 0 && listen(listening, 1) == 0);
    CHECK(getsockname(listening, (struct sockaddr *)&address, &length) == 0);
    CHECK(connect(one, (struct sockaddr *)&address, length) == 0 && (two = accept(listening, NULL, NULL)) >= 0);
    say("socket %d", one);
    for (;;) {
        char c;
        CHECK(write(one, "a", 1) == 1 && read(two, &c, 1) == 1 && c == 'a');
        beat();
    }
}
