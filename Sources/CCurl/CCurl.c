#include "CCurl.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Header lines of one answer; no collector or receiver needs more.
#define HEAD_BYTES_MAX (64 * 1024)

typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} buffer;

struct anpi_http {
    CURL *easy;
    struct curl_slist *headers;
    buffer body;
    buffer head;
    size_t body_bytes_max;
    int is_too_large;
    int has_no_memory;
    int is_address_refused;
    long status;
    char message[CURL_ERROR_SIZE];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode global = CURLE_FAILED_INIT;

static void initialise(void) {
    struct sigaction current;
    if (sigaction(SIGPIPE, NULL, &current) == 0 && current.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
    global = curl_global_init(CURL_GLOBAL_DEFAULT);
}

anpi_http *anpi_http_new(void) {
    pthread_once(&once, initialise);
    if (global != CURLE_OK) return NULL;
    anpi_http *http = calloc(1, sizeof *http);
    if (http == NULL) return NULL;
    http->easy = curl_easy_init();
    if (http->easy == NULL) {
        free(http);
        return NULL;
    }
    return http;
}

void anpi_http_free(anpi_http *http) {
    curl_easy_cleanup(http->easy);
    curl_slist_free_all(http->headers);
    free(http->body.bytes);
    free(http->head.bytes);
    free(http);
}

int anpi_http_add_header(anpi_http *http, const char *line) {
    struct curl_slist *longer = curl_slist_append(http->headers, line);
    if (longer == NULL) return 0;
    http->headers = longer;
    return 1;
}

// MARK: Collecting the answer

static int append(anpi_http *http, buffer *to, size_t limit, const char *bytes, size_t count) {
    if (count > limit - to->count) {
        http->is_too_large = 1;
        return 0;
    }
    if (to->count + count > to->capacity) {
        size_t capacity = to->capacity == 0 ? 4096 : to->capacity;
        while (capacity < to->count + count) capacity *= 2;
        uint8_t *grown = realloc(to->bytes, capacity);
        if (grown == NULL) {
            http->has_no_memory = 1;
            return 0;
        }
        to->bytes = grown;
        to->capacity = capacity;
    }
    memcpy(to->bytes + to->count, bytes, count);
    to->count += count;
    return 1;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
    anpi_http *http = context;
    size_t total = size * count;
    return append(http, &http->body, http->body_bytes_max, bytes, total) ? total : total + 1;
}

static size_t on_head(char *bytes, size_t size, size_t count, void *context) {
    anpi_http *http = context;
    size_t total = size * count;
    // A status line begins an answer anew: what a 100 or a proxy's CONNECT said before it is of no interest.
    if (total >= 5 && memcmp(bytes, "HTTP/", 5) == 0) http->head.count = 0;
    return append(http, &http->head, HEAD_BYTES_MAX, bytes, total) ? total : total + 1;
}

// MARK: Which addresses may be connected to

static int is_public_v4(uint32_t address) {
    // IANA's special-purpose registry; what is not meant for us, not routed, or not one host.
    static const struct {
        uint32_t network;
        int bits;
    } special[] = {
        {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
        {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0586300, 24}, {0xC0A80000, 16},
        {0xC6120000, 15}, {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 4},  {0xF0000000, 4},
    };
    for (size_t index = 0; index < sizeof special / sizeof special[0]; index++) {
        if ((address ^ special[index].network) >> (32 - special[index].bits) == 0) return 0;
    }
    return 1;
}

static int is_public_v6(const uint8_t *address) {
    static const uint8_t nat64[12] = {0x00, 0x64, 0xFF, 0x9B};
    if (memcmp(address, nat64, 12) == 0) {
        uint32_t inner;
        memcpy(&inner, address + 12, 4);
        return is_public_v4(ntohl(inner));
    }
    // Only 2000::/3 is global unicast: this leaves out loopback, mapped and compatible IPv4, unique local, link-local,
    // site-local and multicast. Within it: 2001::/23 (Teredo and protocol assignments), documentation, 6to4.
    if ((address[0] & 0xE0) != 0x20) return 0;
    if (address[0] == 0x20 && address[1] == 0x01 && address[2] < 0x02) return 0;
    if (address[0] == 0x20 && address[1] == 0x01 && address[2] == 0x0D && address[3] == 0xB8) return 0;
    if (address[0] == 0x20 && address[1] == 0x02) return 0;
    if (address[0] == 0x3F && address[1] == 0xFF && address[2] < 0x10) return 0;
    return 1;
}

static int is_public(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        return is_public_v4(ntohl(v4->sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        return is_public_v6(v6->sin6_addr.s6_addr);
    }
    return 0;
}

int anpi_address_is_public(const char *text) {
    struct in_addr v4;
    if (inet_pton(AF_INET, text, &v4) == 1) return is_public_v4(ntohl(v4.s_addr));
    struct in6_addr v6;
    if (inet_pton(AF_INET6, text, &v6) == 1) return is_public_v6(v6.s6_addr);
    return -1;
}

// Called after resolution with the very address that is about to be connected to, so that a name which resolves to
// something else the second time gains nothing.
static curl_socket_t open_public_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    anpi_http *http = context;
    if (purpose != CURLSOCKTYPE_IPCXN || !is_public(&address->addr)) {
        http->is_address_refused = 1;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static curl_socket_t open_any_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context;
    (void)purpose;
    // Close on exec: a probe that the agent starts must not hold the collector's connection open.
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// MARK: The exchange

static int result_of(const anpi_http *http, CURLcode code) {
    if (code == CURLE_OK) return ANPI_HTTP_OK;
    if (http->is_too_large) return ANPI_HTTP_TOO_LARGE;
    if (http->has_no_memory) return ANPI_HTTP_NO_MEMORY;
    switch (code) {
    case CURLE_URL_MALFORMAT:
        return ANPI_HTTP_INVALID;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return ANPI_HTTP_RESOLVE;
    case CURLE_COULDNT_CONNECT:
        return http->is_address_refused ? ANPI_HTTP_REFUSED_ADDRESS : ANPI_HTTP_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
        return ANPI_HTTP_TLS;
    case CURLE_OPERATION_TIMEDOUT:
        return ANPI_HTTP_TIMED_OUT;
    case CURLE_OUT_OF_MEMORY:
        return ANPI_HTTP_NO_MEMORY;
    default:
        return ANPI_HTTP_BROKEN;
    }
}

static void set_limits(anpi_http *http, const anpi_http_options *options) {
    CURL *easy = http->easy;
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_milliseconds);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)options->timeout_milliseconds);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 2L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    // An empty proxy also switches off http_proxy and its kin: what is connected to is what the caller named, and the
    // rule on addresses cannot be led around it.
    curl_easy_setopt(easy, CURLOPT_PROXY, options->proxy == NULL ? "" : options->proxy);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, options->public_only ? open_public_socket : open_any_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, http);
    if (options->user_agent != NULL) curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent);
    if (options->ca_file != NULL) curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
    if (options->certificate_file != NULL) curl_easy_setopt(easy, CURLOPT_SSLCERT, options->certificate_file);
    if (options->key_file != NULL) curl_easy_setopt(easy, CURLOPT_SSLKEY, options->key_file);
}

int anpi_http_exchange(
    anpi_http *http, const anpi_http_options *options, const char *method, const char *url, const void *body,
    size_t body_count) {
    CURL *easy = http->easy;
    // Keeps connections, sessions and the DNS cache; forgets every option.
    curl_easy_reset(easy);
    http->body.count = http->head.count = 0;
    http->is_too_large = http->has_no_memory = http->is_address_refused = 0;
    http->status = 0;
    http->message[0] = 0;
    http->body_bytes_max = options->body_bytes_max;

    set_limits(http, options);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, http->message);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, http);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, http);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, http->headers);
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, url);
    if (body != NULL) {
        // Not copied: the caller's bytes outlive the exchange, which ends before this function returns.
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body_count);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    } else if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    }

    if (code == CURLE_OK) code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &http->status);
    curl_slist_free_all(http->headers);
    http->headers = NULL;
    if (code != CURLE_OK && http->message[0] == 0) {
        strncpy(http->message, curl_easy_strerror(code), sizeof http->message - 1);
        http->message[sizeof http->message - 1] = 0;
    }
    return result_of(http, code);
}

long anpi_http_status(const anpi_http *http) { return http->status; }

const uint8_t *anpi_http_body(const anpi_http *http, size_t *count) {
    *count = http->body.count;
    return http->body.bytes;
}

const uint8_t *anpi_http_head(const anpi_http *http, size_t *count) {
    *count = http->head.count;
    return http->head.bytes;
}

const char *anpi_http_message(const anpi_http *http) { return http->message; }
