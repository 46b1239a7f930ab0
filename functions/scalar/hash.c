/* hash.c: MD5, SHA1, SHA224, SHA256, SHA384, SHA512, SHA2, in hexadecimal digits; HASH_CODE. */
#include "functions/args.h"

#include "core/utf8.h"

#include <openssl/evp.h>

typedef struct Digest {
    int32_t     bits; /* as SHA2 names it */
    const char *name;
} Digest;

static const Digest digests[] = {
    { 5, "MD5" }, { 1, "SHA1" }, { 224, "SHA224" }, { 256, "SHA256" }, { 384, "SHA384" }, { 512, "SHA512" },
};

typedef struct HashState {
    EVP_MD     *md; /* fetched once: fetching costs more than a hash */
    EVP_MD_CTX *context;
    int64_t     bits;
} HashState;

static void hash_free(void *object)
{
    HashState *state = object;
    EVP_MD_CTX_free(state->context);
    EVP_MD_free(state->md);
}

static Status hash_prepare(Call *call, Arena *arena, const Expr *expr, void **state, Error *err)
{
    (void)call;
    (void)expr;
    (void)err;
    HashState *hash = arena_new(arena, HashState, 1);
    hash->context   = EVP_MD_CTX_new();
    arena_defer(arena, hash_free, hash);
    *state = hash;
    return STATUS_OK;
}

static bool hash_use(HashState *hash, int64_t bits)
{
    if (hash->bits == bits)
        return true;
    for (size_t i = 0; i < sizeof(digests) / sizeof(*digests); i++) {
        if (digests[i].bits != bits)
            continue;
        EVP_MD_free(hash->md);
        hash->md   = EVP_MD_fetch(NULL, digests[i].name, NULL);
        hash->bits = bits;
        return hash->md != NULL;
    }
    return false;
}

static Status hash_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    static const char hex[] = "0123456789abcdef";
    HashState *hash = call_state(call);
    int32_t    bits = call_function(call)->option;
    EACH_VALUE(i)
    {
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned int  size = 0;
        Str           in   = arg_str(&args[0], i);
        int64_t       wanted = bits ? bits : arg_i64(&args[1], i);
        if ((!bits && wanted < 224) || !hash_use(hash, wanted))
            return call_fail(call, err, STATUS_DATA, "SHA2 knows 224, 256, 384 and 512 bits, not %lld",
                             (long long)wanted);
        if (!EVP_DigestInit_ex2(hash->context, hash->md, NULL) ||
            !EVP_DigestUpdate(hash->context, in.ptr, (size_t)in.len) ||
            !EVP_DigestFinal_ex(hash->context, digest, &size))
            return call_fail(call, err, STATUS_RUNTIME, "the hash could not be computed");
        char *to = buf_alloc(call_buf(call), (int64_t)size * 2);
        for (unsigned int k = 0; k < size; k++) {
            to[2 * k]     = hex[digest[k] >> 4];
            to[2 * k + 1] = hex[digest[k] & 15];
        }
        out_str(out, i, (Str){ to, (int64_t)size * 2 });
    }
    return STATUS_OK;
}

/* As Java's String.hashCode, over UTF-16 units, without its sign. */
static Status hash_code_eval(Call *call, const Column *args, int64_t rows, Column *out, Error *err)
{
    (void)call;
    (void)err;
    EACH_VALUE(i)
    {
        Str      in   = arg_str(&args[0], i);
        uint32_t hash = 0;
        for (int64_t at = 0; at < in.len;) {
            int32_t size, code = utf8_decode(in, at, &size);
            code = code == UTF8_INVALID ? UTF8_REPLACEMENT : code;
            if (code >= 0x10000) {
                hash = hash * 31 + 0xD800 + ((uint32_t)(code - 0x10000) >> 10);
                code = 0xDC00 + ((code - 0x10000) & 0x3FF);
            }
            hash = hash * 31 + (uint32_t)code;
            at += size;
        }
        COLUMN_DATA(out, int32_t)[i] = (int32_t)((int32_t)hash < 0 ? 0 - hash : hash);
    }
    return STATUS_OK;
}

#define HASH_ROW(name, type, text, bits)                                                                     \
    { .sig = name "(string) -> " type, .doc = text, .eval = hash_eval, .prepare = hash_prepare, .option = bits }

const Function fn_hash[] = {
    HASH_ROW("md5", "char(32)", "The MD5 hash of the text in hexadecimal digits.", 5),
    HASH_ROW("sha1", "char(40)", "The SHA-1 hash of the text in hexadecimal digits.", 1),
    HASH_ROW("sha224", "char(56)", "The SHA-224 hash of the text in hexadecimal digits.", 224),
    HASH_ROW("sha256", "char(64)", "The SHA-256 hash of the text in hexadecimal digits.", 256),
    HASH_ROW("sha384", "char(96)", "The SHA-384 hash of the text in hexadecimal digits.", 384),
    HASH_ROW("sha512", "char(128)", "The SHA-512 hash of the text in hexadecimal digits.", 512),
    { .sig = "sha2(string, bigint) -> varchar(128)", .doc = "The SHA-2 hash with 224, 256, 384 or 512 bits.",
      .eval = hash_eval,
      .prepare = hash_prepare, .flags = FN_CAN_FAIL, .option = 0 },
    { .sig = "hash_code(string) -> int", .doc = "Java's hash of the text, without its sign.", .eval = hash_code_eval },
    { 0 },
};
