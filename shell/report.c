/* report.c: what is said when a job has ended. */
#include "client.h"

#include <string.h>

/* More to tell than the first line does: late, bad, failed or refused rows, some from the future, or some that the next start may write
 * again. */
static bool has_details(const tide_job_stats *stats)
{
    return stats->late > 0 || stats->bad > 0 || stats->failed > 0 || stats->refused > 0 || stats->future > 0 ||
        (stats->epoch >= 0 && stats->final_rows < stats->rows_out);
}

/* The first line sums up; the others are one per table and operator. */
static void put_report(Client *client, tide_job *job)
{
    tide_job_stats stats = { .struct_size = sizeof(stats) };
    tide_job_stats_of(job, &stats);
    const char *report = tide_job_report(job);
    size_t size = strlen(report);
    if (!client->arguments->verbose && !has_details(&stats))
        size = strcspn(report, "\n");
    while (size > 0 && report[size - 1] == '\n')
        size--;
    console_message(&client->console, "%.*s", (int)size, report);
}

int client_report(Client *client, tide_job *job)
{
    tide_error *err = NULL;
    tide_status status = tide_job_wait(job, 0, &err);
    if (err)
        console_error(&client->console, err);
    tide_error_free(err);
    if (!client->arguments->quiet && !client->console.is_broken)
        put_report(client, job);
    return exit_code_of(status, true);
}

void client_report_ended(Client *client)
{
    tide_job *job;
    while ((job = jobs_take_ended(&client->jobs))) {
        int exit_code = client_report(client, job);
        if (!client->is_shell)
            client_fail(client, exit_code);
        tide_job_release(job);
    }
}
