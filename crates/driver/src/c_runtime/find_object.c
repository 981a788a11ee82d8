/* Which file of this process holds an address, for GCC's unwinder.
 *
 * GCC's unwinder, where it was built for glibc, asks the loader by this function of glibc's (2.35 and later), which musl
 * does not have. What is asked for can be had from what both have: the list of loaded files. */

#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* glibc's `struct dl_find_object`, on machines whose tables are not relative to data. */
struct found {
    unsigned long long flags;
    void *start;
    void *end;
    struct link_map *map;
    void *eh_frame;
    unsigned long long reserved[7];
};

struct question {
    uintptr_t address;
    struct found *answer;
};

static int look(struct dl_phdr_info *file, size_t size, void *data) {
    struct question *question = data;
    uintptr_t start = UINTPTR_MAX, end = 0, table = 0;
    int holds = 0;
    (void)size;
    for (int i = 0; i < file->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &file->dlpi_phdr[i];
        uintptr_t from = file->dlpi_addr + segment->p_vaddr, to = from + segment->p_memsz;
        if (segment->p_type == PT_LOAD) {
            if (from < start) start = from;
            if (to > end) end = to;
            if (question->address >= from && question->address < to) holds = 1;
        } else if (segment->p_type == PT_GNU_EH_FRAME) {
            table = from;
        }
    }
    if (!holds || !table) return 0;
    question->answer->flags = 0;
    question->answer->start = (void *)start;
    question->answer->end = (void *)end;
    question->answer->map = NULL;
    question->answer->eh_frame = (void *)table;
    return 1;
}

int _dl_find_object(void *address, struct found *found) {
    struct question question = { (uintptr_t)address, found };
    return dl_iterate_phdr(look, &question) ? 0 : -1;
}

/* The unwinder takes these for there, as they are in glibc, and asks for none of them: an archive needs to be asked. */
__attribute__((used)) static void *const assumed[] = {
    (void *)pthread_once,       (void *)pthread_mutex_lock,  (void *)pthread_mutex_unlock,
    (void *)pthread_key_create, (void *)pthread_getspecific, (void *)pthread_setspecific,
};
