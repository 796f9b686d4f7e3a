// The program of a pod's sandbox, for AArch64 Linux: process 1 of the pod, which reaps what is orphaned and waits to be
// told to end.
//
// amd64.S is the same program and gives the reasons; the two are kept alike, line by line.

        .set    load_address, 0x400000
        .set    page_size, 0x10000      // the largest that AArch64 kernels use

        .set    SYS_exit_group, 94
        .set    SYS_rt_sigprocmask, 135
        .set    SYS_rt_sigtimedwait, 137
        .set    SYS_wait4, 260

        .set    SIG_BLOCK, 0
        .set    SIGINT, 2
        .set    SIGTERM, 15
        .set    SIGCHLD, 17
        .set    WNOHANG, 1
        .set    EINTR, 4
        .set    sizeof_sigset, 8

        .text
file:
        .byte   0x7f, 'E', 'L', 'F'
        .byte   2, 1, 1, 0              // 64 bits, little endian, ELF version 1, System V
        .zero   8
        .short  2                       // e_type: ET_EXEC
        .short  183                     // e_machine: EM_AARCH64
        .long   1                       // e_version
        .quad   load_address + (start - file)
        .quad   program_headers - file
        .quad   0                       // e_shoff: there are no sections
        .long   0                       // e_flags
        .short  program_headers - file  // e_ehsize
        .short  stack_header - program_headers
        .short  2                       // e_phnum
        .short  0, 0, 0                 // sections again

program_headers:
        .long   1                       // PT_LOAD: the whole file,
        .long   5                       // readable and executable
        .quad   0
        .quad   load_address, load_address
        .quad   end - file, end - file
        .quad   page_size
stack_header:
        .long   0x6474e551              // PT_GNU_STACK: a stack that is
        .long   6                       // readable and writable, not executable
        .quad   0, 0, 0, 0, 0, 16

start:
        mov     x8, SYS_rt_sigprocmask
        mov     x0, SIG_BLOCK
        adr     x1, signals
        mov     x2, xzr                 // the old set is not wanted
        mov     x3, sizeof_sigset
        svc     0

reap:
        mov     x8, SYS_wait4
        mov     x0, -1                  // any child
        mov     x1, xzr                 // its status is not wanted,
        mov     x2, WNOHANG
        mov     x3, xzr                 // nor is its resource usage
        svc     0
        cmp     w0, 0
        b.gt    reap

wait:
        mov     x8, SYS_rt_sigtimedwait
        adr     x0, signals
        mov     x1, xzr                 // the details are not wanted
        mov     x2, xzr                 // no timeout
        mov     x3, sizeof_sigset
        svc     0
        cmp     w0, SIGCHLD
        b.eq    reap
        cmn     w0, EINTR               // stopped and continued, or traced
        b.eq    wait

        lsr     w0, w0, 31
        mov     x8, SYS_exit_group
        svc     0

        .balign 8
signals:
        .quad   1 << (SIGINT - 1) | 1 << (SIGTERM - 1) | 1 << (SIGCHLD - 1)
end:
