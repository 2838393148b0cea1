/* Fails or kills a process at its n-th write below a folder, whoever makes the system call.
 *
 * A seccomp filter traps the calls that write; the handler of SIGSYS counts those below the folder
 * and decides. Wrapping libc's functions (LD_PRELOAD) would not do: part of Lance's native code
 * (the rename of a finished file, through rustix) calls the kernel without libc.
 *
 * The handler makes the call itself with a mark in the sixth argument, which the filter lets pass.
 * A child program inherits the filter but not the handler, so it needs this library in LD_PRELOAD.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#if !defined(__x86_64__)
#error "written for Linux on x86-64"
#endif

#define MARK 0x5afe5afeUL
#define PATHS 4096

enum kind { COUNT, KILL_BEFORE, KILL_TORN, KILL_AFTER, NO_SPACE, IO_ONCE, IO_ERROR, READ_ONLY, CLOCK };

static char folder[PATHS];
static size_t folder_length;
static atomic_long calls;
static atomic_long fault_at = -1;
static atomic_int kind;
static atomic_long clock_offset; /* seconds, from the fault on */
static long clock_wanted;

static long raw(long nr, long a, long b, long c, long d, long e) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = MARK;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* Write the path of an open file to `out`; an empty string when it has none. */
static void path_of(long fd, char *out) {
    char link[32] = "/proc/self/fd/", digits[24];
    int n = 0, at = (int)strlen(link);
    if (fd < 0) {
        out[0] = 0;
        return;
    }
    do digits[n++] = (char)('0' + fd % 10);
    while ((fd /= 10) > 0);
    while (n > 0) link[at++] = digits[--n];
    link[at] = 0;
    long got = raw(SYS_readlinkat, AT_FDCWD, (long)link, (long)out, PATHS - 1, 0);
    out[got > 0 ? got : 0] = 0;
}

static int below(const char *path) {
    return !strncmp(path, folder, folder_length)
        && (path[folder_length] == '/' || path[folder_length] == 0);
}

static int named_below(long dirfd, long name) {
    const char *path = (const char *)name;
    char base[PATHS];
    if (path[0] == '/') return below(path);
    path_of(dirfd, base); /* relative to the working directory counts as elsewhere */
    return below(base);
}

static int open_below(long fd) {
    char path[PATHS];
    path_of(fd, path);
    return below(path);
}

static int concerns(long nr, const long *a) {
    if (!folder_length) return 0;
    switch (nr) {
    case SYS_write: case SYS_pwrite64: case SYS_writev: case SYS_ftruncate:
    case SYS_fsync: case SYS_fdatasync: case SYS_copy_file_range:
        return open_below(nr == SYS_copy_file_range ? a[2] : a[0]);
    case SYS_open: case SYS_mkdir: case SYS_unlink: case SYS_rmdir: case SYS_creat: case SYS_truncate:
        return named_below(AT_FDCWD, a[0]);
    case SYS_rename: case SYS_link:
        return named_below(AT_FDCWD, a[1]);
    case SYS_openat: case SYS_mkdirat: case SYS_unlinkat:
        return named_below(a[0], a[1]);
    case SYS_renameat: case SYS_renameat2: case SYS_linkat:
        return named_below(a[2], a[3]);
    }
    return 0;
}

static int frees(long nr) { return nr == SYS_unlink || nr == SYS_unlinkat || nr == SYS_rmdir; }

static void die(void) {
    raw(SYS_kill, raw(SYS_getpid, 0, 0, 0, 0, 0), SIGKILL, 0, 0, 0);
    for (;;) raw(SYS_pause, 0, 0, 0, 0, 0);
}

static long call(long nr, const long *a) { return raw(nr, a[0], a[1], a[2], a[3], a[4]); }

/* Half of a write, as a full disk or a power cut leaves it. */
static long half(long nr, const long *a) {
    if ((nr == SYS_write || nr == SYS_pwrite64) && a[2] > 1)
        return raw(nr, a[0], a[1], a[2] / 2, a[3], a[4]);
    return 0;
}

/* The file's time follows the clock that jumped. */
static void stamp(long nr, const long *a) {
    if (nr != SYS_write && nr != SYS_pwrite64 && nr != SYS_writev) return;
    struct timespec times[2];
    raw(SYS_clock_gettime, CLOCK_REALTIME, (long)&times[0], 0, 0, 0);
    times[0].tv_sec += atomic_load(&clock_offset);
    times[1] = times[0];
    raw(SYS_utimensat, a[0], 0, (long)times, 0, 0);
}

static long decide(long nr, const long *a) {
    long n = atomic_fetch_add(&calls, 1), at = atomic_load(&fault_at);
    if (at < 0 || n < at) return call(nr, a);
    switch ((enum kind)atomic_load(&kind)) {
    case COUNT:
        return call(nr, a);
    case KILL_BEFORE:
        die();
        break;
    case KILL_TORN:
        half(nr, a);
        die();
        break;
    case KILL_AFTER:
        call(nr, a);
        die();
        break;
    case NO_SPACE: {
        long done = n == at ? half(nr, a) : 0;
        return done > 0 ? done : frees(nr) ? call(nr, a) : -ENOSPC;
    }
    case IO_ONCE:
        return n == at ? -EIO : call(nr, a);
    case IO_ERROR:
        return -EIO;
    case READ_ONLY:
        return nr == SYS_write || nr == SYS_pwrite64 || nr == SYS_writev ? -EIO : -EROFS;
    case CLOCK: {
        long result;
        atomic_store(&clock_offset, clock_wanted);
        result = call(nr, a);
        stamp(nr, a);
        return result;
    }
    }
    return -EINVAL;
}

static void trapped(int number, siginfo_t *info, void *context) {
    greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
    long a[5] = {g[REG_RDI], g[REG_RSI], g[REG_RDX], g[REG_R10], g[REG_R8]};
    long nr = info->si_syscall;
    (void)number;
    g[REG_RAX] = concerns(nr, a) ? decide(nr, a) : call(nr, a);
}

__attribute__((constructor)) static void handle(void) {
    struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    sigaction(SIGSYS, &action, NULL);
}

/* Every clock that Python and Rust read goes through here while this library is preloaded. */
int clock_gettime(clockid_t id, struct timespec *now) {
    long result = raw(SYS_clock_gettime, id, (long)now, 0, 0, 0);
    if (result < 0) {
        errno = (int)-result;
        return -1;
    }
    if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) now->tv_sec += atomic_load(&clock_offset);
    return 0;
}

long fault_calls(void) { return atomic_load(&calls); }

#define TRAP(nr) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP)
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* An open that cannot change anything passes. */
#define OPEN(nr, flags) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 4), LOAD(args[flags]), \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1), \
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Arm this process: `what` (an enum kind) happens at call `n` below `where`. Returns 0 or an errno. */
int fault_arm(const char *where, int what, long n, long seconds) {
    struct sock_filter filter[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        LOAD(args[5]),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MARK, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        LOAD(nr),
        TRAP(SYS_write), TRAP(SYS_pwrite64), TRAP(SYS_writev), TRAP(SYS_ftruncate), TRAP(SYS_truncate),
        TRAP(SYS_fsync), TRAP(SYS_fdatasync), TRAP(SYS_copy_file_range), TRAP(SYS_mkdir),
        TRAP(SYS_mkdirat), TRAP(SYS_unlink), TRAP(SYS_unlinkat), TRAP(SYS_rmdir), TRAP(SYS_rename),
        TRAP(SYS_renameat), TRAP(SYS_renameat2), TRAP(SYS_link), TRAP(SYS_linkat), TRAP(SYS_creat),
        OPEN(SYS_open, 1), OPEN(SYS_openat, 2),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (strlen(where) >= PATHS) return ENAMETOOLONG;
    strcpy(folder, where);
    folder_length = strlen(folder);
    clock_wanted = seconds;
    atomic_store(&kind, what);
    atomic_store(&calls, 0);
    atomic_store(&fault_at, n);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return errno;
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program)) return errno;
    return 0;
}
