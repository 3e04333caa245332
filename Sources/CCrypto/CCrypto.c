#include "CCrypto.h"

#include <limits.h>
#include <pthread.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static EVP_MD *sha256;
static pthread_key_t context_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
// A plain thread-local read is faster than pthread_getspecific; the key is there for its destructor only.
static _Thread_local EVP_MD_CTX *thread_context;

static void free_context(void *context) {
    thread_context = NULL;
    EVP_MD_CTX_free(context);
}

static void prepare(void) {
    if (pthread_key_create(&context_key, free_context) != 0) return;
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static EVP_MD_CTX *context_of_this_thread(void) {
    if (thread_context != NULL) return thread_context;
    pthread_once(&once, prepare);
    if (sha256 == NULL) return NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL) return NULL;
    if (EVP_DigestInit_ex2(context, sha256, NULL) != 1 || pthread_setspecific(context_key, context) != 0) {
        EVP_MD_CTX_free(context);
        return NULL;
    }
    thread_context = context;
    return context;
}

int anpi_sha256(const void *bytes, size_t count, uint8_t *digest) {
    EVP_MD_CTX *context = context_of_this_thread();
    if (context == NULL) return 0;
    // Without a type the context starts again with the digest that it has: no fetch, no allocation.
    if (EVP_DigestInit_ex2(context, NULL, NULL) != 1) return 0;
    if (EVP_DigestUpdate(context, bytes, count) != 1) return 0;
    return EVP_DigestFinal_ex(context, digest, NULL) == 1;
}

void *anpi_sha256_new(void) {
    pthread_once(&once, prepare);
    if (sha256 == NULL) return NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL) return NULL;
    if (EVP_DigestInit_ex2(context, sha256, NULL) != 1) {
        EVP_MD_CTX_free(context);
        return NULL;
    }
    return context;
}

int anpi_sha256_update(void *hasher, const void *bytes, size_t count) {
    return EVP_DigestUpdate(hasher, bytes, count) == 1;
}

int anpi_sha256_final(void *hasher, uint8_t *digest) {
    return EVP_DigestFinal_ex(hasher, digest, NULL) == 1;
}

void anpi_sha256_free(void *hasher) {
    EVP_MD_CTX_free(hasher);
}

int anpi_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *code) {
    if (key_count > INT_MAX) return 0;
    unsigned int written = 0;
    // HMAC() takes NULL as "the key of last time", which an empty key must not mean.
    const void *present = key_count == 0 ? "" : key;
    return HMAC(EVP_sha256(), present, (int)key_count, bytes, count, code, &written) != NULL
        && written == ANPI_SHA256_BYTES;
}

int anpi_equal_in_constant_time(const void *left, const void *right, size_t count) {
    return CRYPTO_memcmp(left, right, count) == 0;
}
