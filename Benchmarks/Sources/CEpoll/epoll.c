#include "CEpoll.h"

#include <sys/epoll.h>

int anpi_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int anpi_epoll_watch(int poll, int descriptor, uint32_t tag) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = tag};
    return epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

int anpi_epoll_wait(int poll, uint32_t *tags, int milliseconds) {
    struct epoll_event events[ANPI_EPOLL_READY_MAX];
    int ready = epoll_wait(poll, events, ANPI_EPOLL_READY_MAX, milliseconds);
    for (int index = 0; index < ready; index++) tags[index] = events[index].data.u32;
    return ready;
}
