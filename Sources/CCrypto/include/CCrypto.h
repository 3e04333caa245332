#pragma once

#include <stddef.h>
#include <stdint.h>

// The few functions of libcrypto that we use, with fixed arity and without OpenSSL's types, so that neither its
// headers nor its macros reach Swift. Functions that can fail return 1 for success and 0 otherwise.

#define ANPI_SHA256_BYTES 32

/// SHA-256 of `count` bytes into `digest` (32 bytes), through a context that the calling thread keeps: making and
/// fetching one anew costs more than hashing a token does.
int anpi_sha256(const void *bytes, size_t count, uint8_t *digest);

/// A digest that is fed piece by piece; NULL when libcrypto has no memory or no SHA-256.
void *anpi_sha256_new(void);
int anpi_sha256_update(void *hasher, const void *bytes, size_t count);
/// Writes 32 bytes; the hasher can only be freed afterwards.
int anpi_sha256_final(void *hasher, uint8_t *digest);
void anpi_sha256_free(void *hasher);

/// HMAC-SHA-256 (RFC 2104) of `count` bytes into `code` (32 bytes).
int anpi_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *code);

/// 1 when both hold the same `count` bytes; takes the same time whether or not they do.
int anpi_equal_in_constant_time(const void *left, const void *right, size_t count);
