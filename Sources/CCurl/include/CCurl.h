#pragma once

#include <stddef.h>
#include <stdint.h>

// libcurl's easy interface as one blocking exchange with fixed arity: curl_easy_setopt is variadic, which Swift cannot
// call, and an integer of the wrong width there is undefined behaviour. Every pointer given in is read before the
// function returns; every pointer given out belongs to the handle until its next exchange.

typedef struct anpi_http anpi_http;

/// What came of an exchange. Numbers are ours, because libcurl's error codes say more than a caller can act on.
enum {
    ANPI_HTTP_OK = 0,
    ANPI_HTTP_INVALID = 1,
    ANPI_HTTP_RESOLVE = 2,
    ANPI_HTTP_CONNECT = 3,
    ANPI_HTTP_TLS = 4,
    ANPI_HTTP_TIMED_OUT = 5,
    ANPI_HTTP_REFUSED_ADDRESS = 6,
    ANPI_HTTP_TOO_LARGE = 7,
    ANPI_HTTP_BROKEN = 8,
    ANPI_HTTP_NO_MEMORY = 9,
};

typedef struct {
    int64_t connect_timeout_milliseconds;
    int64_t timeout_milliseconds;
    size_t body_bytes_max;
    /// 1: connect to addresses of the public internet only.
    int public_only;
    /// Files in PEM, and the proxy's address; NULL where not wanted.
    const char *ca_file;
    const char *certificate_file;
    const char *key_file;
    const char *proxy;
    const char *user_agent;
} anpi_http_options;

/// NULL when there is no memory. The first call initialises libcurl and makes the process ignore SIGPIPE unless it has
/// a handler of its own: a peer that hangs up must not end the program.
anpi_http *anpi_http_new(void);
void anpi_http_free(anpi_http *http);

/// Adds a header line `Name: value` to the next exchange; 0 when there is no memory.
int anpi_http_add_header(anpi_http *http, const char *line);

/// Sends one request and reads the whole answer. `body` is NULL for a request without one.
int anpi_http_exchange(
    anpi_http *http, const anpi_http_options *options, const char *method, const char *url, const void *body,
    size_t body_count);

/// The status of the last answer.
long anpi_http_status(const anpi_http *http);
const uint8_t *anpi_http_body(const anpi_http *http, size_t *count);
/// The header lines of the last answer, without those of interim answers.
const uint8_t *anpi_http_head(const anpi_http *http, size_t *count);
/// libcurl's words on what went wrong; never NULL.
const char *anpi_http_message(const anpi_http *http);

/// 1 when `text` is a numeric address of the public internet, 0 when it is another, −1 when it is none.
int anpi_address_is_public(const char *text);
