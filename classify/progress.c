#include "classify/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define INTERVAL 0.1
enum { BAR = 24 };

double sectag_clock(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now)) return 0;
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void sectag_progress_init(sectag_progress *p, const char *label, sectag_progress_unit unit, uint64_t total,
                          int wanted) {
    *p = (sectag_progress){.label = label, .unit = unit, .total = total};
    p->active = wanted && isatty(STDERR_FILENO);
    p->began = p->drawn = sectag_clock();
}

static void put_amount(char *out, size_t size, sectag_progress_unit unit, double amount) {
    if (unit == SECTAG_PROGRESS_STEPS)
        (void)snprintf(out, size, "%.*f", amount < 10 && amount > 0 && amount != (double)(int)amount, amount);
    else if (amount < 1e6)
        (void)snprintf(out, size, "%.0f KB", amount / 1e3);
    else if (amount < 1e9)
        (void)snprintf(out, size, "%.1f MB", amount / 1e6);
    else
        (void)snprintf(out, size, "%.2f GB", amount / 1e9);
}

static void put_time(char *out, size_t size, double seconds) {
    unsigned long s = seconds > 0 && seconds < 1e8 ? (unsigned long)(seconds + 0.5) : 0;
    if (s >= 3600)
        (void)snprintf(out, size, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
    else
        (void)snprintf(out, size, "%lu:%02lu", s / 60, s % 60);
}

static void put_documents(const sectag_progress *p, char *out, size_t size) {
    (void)snprintf(out, size, "%llu of %llu documents", (unsigned long long)p->documents,
                   (unsigned long long)p->of_documents);
}

char *sectag_progress_line(const sectag_progress *p, double elapsed, char *out, size_t size) {
    char bar[BAR + 1], done[64], rate[48], left[32];
    double speed = elapsed > 0 ? (double)(p->done - p->base) / elapsed : 0;
    if (p->of_documents > 1) {
        put_documents(p, done, sizeof done);
        (void)snprintf(rate, sizeof rate, "%.0f clauses", elapsed > 0 ? (double)p->clauses / elapsed : 0);
    } else {
        put_amount(done, sizeof done, p->unit, (double)p->done);
        put_amount(rate, sizeof rate, p->unit, speed);
    }
    if (!p->total) {
        (void)snprintf(out, size, "%s %s, %s/s", p->label, done, rate);
        return out;
    }
    double share = p->done < p->total ? (double)p->done / (double)p->total : 1;
    memset(bar, '.', BAR);
    memset(bar, '#', (size_t)(share * BAR));
    bar[BAR] = '\0';
    put_time(left, sizeof left,
             speed > 0 ? (double)(p->total - (p->done < p->total ? p->done : p->total)) / speed : 0);
    (void)snprintf(out, size, "%s [%s] %3.0f %%  %s, %s/s, %s left", p->label, bar, share * 100, done, rate,
                   speed > 0 ? left : "?");
    return out;
}

void sectag_progress_set(sectag_progress *p, uint64_t done) {
    char line[160];
    p->done = done;
    if (!p->active) return;
    double now = sectag_clock();
    if (now - p->drawn < INTERVAL) return;
    p->drawn = now;
    p->visible = 1;
    (void)fprintf(stderr, "\r%s\033[K", sectag_progress_line(p, now - p->began, line, sizeof line));
    (void)fflush(stderr);
}

void sectag_progress_hide(sectag_progress *p) {
    if (!p->visible) return;
    p->visible = 0;
    (void)fputs("\r\033[K", stderr);
    (void)fflush(stderr);
}

void sectag_progress_release(sectag_progress *p) {
    sectag_progress_hide(p);
    p->active = 0;
}
