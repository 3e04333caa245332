#pragma once
#include <stdint.h>

// Glibc's module map leaves sys/epoll.h out. Three functions, tags instead of a union; -1 and errno as epoll itself.

/// The longest list that one wait gives.
#define ANPI_EPOLL_READY_MAX 512

/// A new epoll descriptor, closed on exec.
int anpi_epoll_create(void);

/// Watches a socket for bytes to read, level-triggered; `tag` comes back when there are some.
int anpi_epoll_watch(int poll, int descriptor, uint32_t tag);

/// Waits at most `milliseconds` and writes the tags of at most ANPI_EPOLL_READY_MAX sockets.
int anpi_epoll_wait(int poll, uint32_t *tags, int milliseconds);
