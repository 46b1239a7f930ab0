/* kafka_marker.c: metadata = "tidemark 1 JOB NONCE", the nonce in hex. */
#include "connectors/kafka/kafka_marker.h"

#include "core/text.h"

#include <stdio.h>

static rd_kafka_topic_partition_list_t *first_partition(Str topic)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    Text                             name = TEXT_EMPTY;
    text_append(&name, topic);
    rd_kafka_topic_partition_list_add(list, text_cstr(&name), 0);
    text_free(&name);
    return list;
}

rd_kafka_topic_partition_list_t *kafka_marker_offsets(const KafkaMarker *marker, Str topic, Str job_id)
{
    char text[96];
    int  size = snprintf(text, sizeof(text), "tidemark 1 %.*s %016llx", STR_FMT(job_id), (unsigned long long)marker->nonce);
    rd_kafka_topic_partition_list_t *list = first_partition(topic);
    rd_kafka_topic_partition_t      *place = &list->elems[0];
    place->offset = marker->epoch;
    place->metadata = rd_kafka_mem_malloc(NULL, (size_t)size);
    place->metadata_size = (size_t)size;
    memcpy(place->metadata, text, (size_t)size);
    return list;
}

/* A marker that says something else than ours do was not written by this engine: it counts as another job's. */
static void parse(const rd_kafka_topic_partition_t *place, Str job_id, KafkaMarker *out)
{
    Str                rest = { place->metadata, (int64_t)place->metadata_size }, job;
    char               hex[17] = "";
    unsigned long long nonce = 0;
    bool               is_ours = str_starts_with(rest, STR("tidemark 1 "));
    rest = str_slice(rest, is_ours ? 11 : 0, rest.len);
    is_ours = is_ours && str_split(&rest, ' ', &job) && rest.len == 16;
    if (is_ours) {
        memcpy(hex, rest.ptr, 16);
        is_ours = sscanf(hex, "%llx", &nonce) == 1;
    }
    if (is_ours && str_eq(job, job_id)) {
        out->epoch = place->offset;
        out->nonce = (int64_t)nonce;
        return;
    }
    Str other = is_ours ? job : STR("?");
    snprintf(out->other_job, sizeof(out->other_job), "%.*s", STR_FMT(other));
}

rd_kafka_resp_err_t kafka_marker_read(rd_kafka_t *consumer, Str topic, Str job_id, int timeout_ms, KafkaMarker *out)
{
    rd_kafka_topic_partition_list_t *list = first_partition(topic);
    rd_kafka_resp_err_t              code = rd_kafka_committed(consumer, list, timeout_ms);
    *out = (KafkaMarker){ 0 };
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = list->elems[0].err;
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        code = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && list->elems[0].offset >= 0)
        parse(&list->elems[0], job_id, out);
    rd_kafka_topic_partition_list_destroy(list);
    return code;
}
