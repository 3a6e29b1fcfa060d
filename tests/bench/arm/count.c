/* A plugin of QEMU's emulation: counts the guest's instructions, and tells the count whenever the guest makes system call
   0x5150, which no kernel knows. Debian ships no header of the plugins' interface, so the declarations stand here.
   Built by root.py, with PLUGIN_VERSION as that QEMU wants it; option: into=PATH, a line "MARK COUNT" for each mark. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MARK 0x5150
#define SHOWN __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct block;
struct info;

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct block *));
extern size_t qemu_plugin_tb_n_insns(const struct block *);
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct block *, void (*)(unsigned, void *), int flags, void *);
extern void qemu_plugin_register_vcpu_syscall_cb(plugin_id, void (*)(plugin_id, unsigned, int64_t, uint64_t, uint64_t,
    uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t));

SHOWN int qemu_plugin_version = PLUGIN_VERSION;

static uint64_t count;
static char path[4096];

static void ran(unsigned cpu, void *instructions)
{
    (void)cpu;
    __atomic_fetch_add(&count, (uint64_t)(uintptr_t)instructions, __ATOMIC_RELAXED);
}

static void translated(plugin_id id, struct block *block)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(block, ran, 0, (void *)(uintptr_t)qemu_plugin_tb_n_insns(block));
}

static void called(plugin_id id, unsigned cpu, int64_t number, uint64_t mark, uint64_t b, uint64_t c, uint64_t d,
    uint64_t e, uint64_t f, uint64_t g, uint64_t h)
{
    (void)id, (void)cpu, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
    if (number != MARK)
        return;
    FILE *file = fopen(path, "a");
    if (file) {
        fprintf(file, "%" PRIu64 " %" PRIu64 "\n", mark, count);
        fclose(file);
    }
}

SHOWN int qemu_plugin_install(plugin_id id, const struct info *info, int options, char **option)
{
    (void)info;
    for (int i = 0; i < options; i++)
        if (!strncmp(option[i], "into=", 5))
            strncpy(path, option[i] + 5, sizeof path - 1);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, called);
    return 0;
}
