/* kafka_topics.c: names of topics, patterns over them, and the task that reads a partition. */
#include "connectors/kafka/kafka_topics.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_STEPS_MAX = 100000, TOPIC_NAME_MAX = 249 };

struct KafkaPattern {
    pcre2_code          *code;
    pcre2_match_data    *match;
    pcre2_match_context *context;
};

static void pattern_free(void *object)
{
    KafkaPattern *pattern = object;
    pcre2_match_data_free(pattern->match);
    pcre2_match_context_free(pattern->context);
    pcre2_code_free(pattern->code);
}

Status kafka_pattern_create(Arena *arena, Str text, Span span, KafkaPattern **out, Error *err)
{
    int        code;
    PCRE2_SIZE offset;
    KafkaPattern *pattern = arena_new(arena, KafkaPattern, 1);
    pattern->code = pcre2_compile((PCRE2_SPTR)text.ptr, (PCRE2_SIZE)text.len,
                                  PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &code, &offset, NULL);
    if (!pattern->code) {
        unsigned char reason[256];
        pcre2_get_error_message(code, reason, sizeof(reason));
        return error_set(err, STATUS_OPTION, span,
                         "'topic-pattern' = '%.*s' is no regular expression: %s at character %lld", STR_FMT(text),
                         (const char *)reason, (long long)offset);
    }
    pattern->match = pcre2_match_data_create(1, NULL);
    pattern->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(pattern->context, MATCH_STEPS_MAX);
    arena_defer(arena, pattern_free, pattern);
    *out = pattern;
    return STATUS_OK;
}

bool kafka_pattern_matches(const KafkaPattern *pattern, Str topic)
{
    return pcre2_match(pattern->code, (PCRE2_SPTR)topic.ptr, (PCRE2_SIZE)topic.len, 0, 0, pattern->match,
                       pattern->context) >= 0;
}

bool kafka_topic_is_internal(Str topic)
{
    return str_is(topic, "__consumer_offsets") || str_is(topic, "__transaction_state") ||
           str_is(topic, "__share_group_state");
}

bool kafka_topic_is_legal(Str topic)
{
    if (topic.len == 0 || topic.len > TOPIC_NAME_MAX || str_is(topic, ".") || str_is(topic, ".."))
        return false;
    for (int64_t i = 0; i < topic.len; i++) {
        char c = topic.ptr[i];
        bool is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_alphanumeric && c != '.' && c != '_' && c != '-')
            return false;
    }
    return true;
}

/* Partitions of a topic go round the tasks; the hash of the name says with which task the round begins, so that many
 * topics of one partition are spread, too. */
int32_t kafka_partition_owner(Str topic, int32_t partition, int32_t task_count)
{
    uint32_t hash = 0;
    for (int64_t i = 0; i < topic.len; i++)
        hash = hash * 31 + (unsigned char)topic.ptr[i];
    int64_t first = (int64_t)((hash * 31) & 0x7fffffff) % task_count;
    return (int32_t)((first + partition) % task_count);
}
