/* UDP over IPv4 and IPv6: datagrams that wait with the addresses of their senders, one of them gone; connected and not; several sockets at one
   port; groups; options. udpsockets LOG. */
#include "app.h"
#include "inet.h"

static int bound(int family, int reuse, const struct sockaddr_storage *at, struct sockaddr_storage *name) {
    struct sockaddr_storage address;
    socklen_t size = loopback(family, &address);
    int fd = socket(family, SOCK_DGRAM, 0);
    CHECK(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &reuse, sizeof reuse) == 0 && bind(fd, (const struct sockaddr *)(at ? at : &address), size) == 0);
    name_of(fd, name);
    return fd;
}

static void give(int fd, const struct sockaddr_storage *to, const char *data, size_t size) {
    CHECK(sendto(fd, data, size, 0, (const struct sockaddr *)to, to->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6)) == (ssize_t)size);
}

static void take(int fd, const struct sockaddr_storage *from, const char *data, size_t size) {
    static char got[70000];
    struct sockaddr_storage who = {0};
    CHECK(recvfrom(fd, got, sizeof got, MSG_DONTWAIT, (struct sockaddr *)&who, &(socklen_t){sizeof who}) == (ssize_t)size && memcmp(got, data, size) == 0);
    CHECK(memcmp(&who, from, sizeof who) == 0);
}

static int get(int fd, int level, int name) {
    int value = -1;
    CHECK(getsockopt(fd, level, name, &value, &(socklen_t){sizeof value}) == 0);
    return value;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    static char large[60000];
    fill(large, sizeof large, 5);
    struct sockaddr_storage four_name, six_name, one_name, two_name, pair_name[2], group_name, gone_name;
    int four = bound(AF_INET, 0, NULL, &four_name), six = bound(AF_INET6, 0, NULL, &six_name), one = bound(AF_INET, 1, NULL, &one_name), two = bound(AF_INET, 1, &one_name, &two_name);
    int pair[2] = {bound(AF_INET, 0, NULL, &pair_name[0]), bound(AF_INET, 0, NULL, &pair_name[1])}, on = 1, ttl = 7, size = 300000, sender = bound(AF_INET, 0, NULL, &group_name);
    for (int i = 0; i < 2; i++) CHECK(connect(pair[i], (struct sockaddr *)&pair_name[1 - i], sizeof(struct sockaddr_in)) == 0);
    CHECK(setsockopt(four, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0 && setsockopt(four, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl) == 0 && setsockopt(six, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on) == 0);
    CHECK(setsockopt(four, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) == 0 && setsockopt(four, SOL_SOCKET, SO_BROADCAST, &on, sizeof on) == 0 && fcntl(six, F_SETFL, O_NONBLOCK) == 0);
    size = get(four, SOL_SOCKET, SO_RCVBUF);
    int group = socket(AF_INET, SOCK_DGRAM, 0), lo = 1;
    struct sockaddr_in any = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr("239.7.7.7")};
    struct ip_mreqn join = {.imr_multiaddr = to.sin_addr, .imr_ifindex = lo};
    CHECK(bind(group, (struct sockaddr *)&any, sizeof any) == 0 && setsockopt(group, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof join) == 0);
    name_of(group, &gone_name);
    to.sin_port = ((struct sockaddr_in *)&gone_name)->sin_port;
    CHECK(setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, &(struct ip_mreqn){.imr_ifindex = lo}, sizeof(struct ip_mreqn)) == 0);
    struct ipv6_mreq join_six = {.ipv6mr_interface = lo};
    inet_pton(AF_INET6, "ff15::7", &join_six.ipv6mr_multiaddr);
    CHECK(setsockopt(six, IPPROTO_IPV6, IPV6_JOIN_GROUP, &join_six, sizeof join_six) == 0);
    for (int turn = 0;; turn++) {
        struct sockaddr_storage gone_at;
        int gone = bound(AF_INET, 0, NULL, &gone_at);
        give(gone, &four_name, "from the dead", 13), close(gone);
        give(pair[0], &pair_name[1], large, 1000 + turn), give(pair[0], &pair_name[1], "second", 6);
        give(sender, &four_name, large, sizeof large), give(sender, &four_name, "small", 5), give(one, &four_name, "one", 3);
        give(six, &six_name, "to itself", 9);
        CHECK(connect(two, (struct sockaddr *)&four_name, sizeof(struct sockaddr_in)) == 0);
        give(four, &two_name, "for two alone", 13);
        CHECK(connect(two, &(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr)) == 0);
        for (int i = 0; i < 12; i++) {
            char c;
            CHECK(recv(four, &c, 1, MSG_PEEK) == 1 && c == 'f' && recv(pair[0], &c, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
            CHECK(get(four, SOL_SOCKET, SO_RCVBUF) == size && get(four, IPPROTO_IP, IP_PKTINFO) == 1 && get(four, IPPROTO_IP, IP_MULTICAST_TTL) == 7 && get(four, SOL_SOCKET, SO_BROADCAST) == 1 && get(six, IPPROTO_IPV6, IPV6_RECVPKTINFO) == 1 && get(one, SOL_SOCKET, SO_REUSEPORT) == 1 && get(four, SOL_SOCKET, SO_REUSEPORT) == 0);
            CHECK(same_name(four, &four_name) && same_name(six, &six_name) && same_name(pair[0], &pair_name[0]) && same_peer(pair[0], &pair_name[1]) && (fcntl(six, F_GETFL) & O_NONBLOCK));
            beat();
        }
        take(four, &gone_at, "from the dead", 13), take(four, &group_name, large, sizeof large), take(four, &group_name, "small", 5), take(four, &one_name, "one", 3);
        take(pair[1], &pair_name[0], large, 1000 + turn), take(pair[1], &pair_name[0], "second", 6), take(six, &six_name, "to itself", 9), take(two, &four_name, "for two alone", 13);
        CHECK(recv(one, large, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN && recv(four, large, 1, MSG_DONTWAIT) == -1);
        CHECK(sendto(sender, "all", 3, 0, (struct sockaddr *)&to, sizeof to) == 3);
        CHECK(recv(group, &(char[8]){0}, 8, 0) == 3);
    }
}
