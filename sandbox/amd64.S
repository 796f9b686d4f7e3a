# The program of a pod's sandbox, for x86-64 Linux: process 1 of the pod, which reaps what is orphaned and waits to be
# told to end.
#
# The signals it acts on stay blocked and are taken one at a time by rt_sigtimedwait, so there is no handler, no stack
# frame and no race. A blocked signal also reaches process 1 of a PID namespace, for which the kernel drops signals
# that have no handler.
#
# The ELF header is written by hand: the assembled .text section is the file. See scripts/build_sandbox.sh.

        .set    load_address, 0x400000
        .set    page_size, 0x1000

        .set    SYS_rt_sigprocmask, 14
        .set    SYS_wait4, 61
        .set    SYS_rt_sigtimedwait, 128
        .set    SYS_exit_group, 231

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
        .byte   2, 1, 1, 0              # 64 bits, little endian, ELF version 1, System V
        .zero   8
        .short  2                       # e_type: ET_EXEC
        .short  62                      # e_machine: EM_X86_64
        .long   1                       # e_version
        .quad   load_address + (start - file)
        .quad   program_headers - file
        .quad   0                       # e_shoff: there are no sections
        .long   0                       # e_flags
        .short  program_headers - file  # e_ehsize
        .short  stack_header - program_headers
        .short  2                       # e_phnum
        .short  0, 0, 0                 # sections again

program_headers:
        .long   1                       # PT_LOAD: the whole file,
        .long   5                       # readable and executable
        .quad   0
        .quad   load_address, load_address
        .quad   end - file, end - file
        .quad   page_size
stack_header:
        .long   0x6474e551              # PT_GNU_STACK: a stack that is
        .long   6                       # readable and writable, not executable
        .quad   0, 0, 0, 0, 0, 16

start:
        mov     $SYS_rt_sigprocmask, %eax
        mov     $SIG_BLOCK, %edi
        lea     signals(%rip), %rsi
        xor     %edx, %edx              # the old set is not wanted
        mov     $sizeof_sigset, %r10d
        syscall

# Entered before the first wait: a child may have ended before its signal was blocked. One SIGCHLD may stand for
# several children, so all that have ended are reaped.
reap:
        mov     $SYS_wait4, %eax
        mov     $-1, %rdi               # any child
        xor     %esi, %esi              # its status is not wanted,
        mov     $WNOHANG, %edx
        xor     %r10d, %r10d            # nor is its resource usage
        syscall
        test    %eax, %eax
        jg      reap

wait:
        mov     $SYS_rt_sigtimedwait, %eax
        lea     signals(%rip), %rdi
        xor     %esi, %esi              # the details are not wanted
        xor     %edx, %edx              # no timeout
        mov     $sizeof_sigset, %r10d
        syscall
        cmp     $SIGCHLD, %eax
        je      reap
        cmp     $-EINTR, %eax           # stopped and continued, or traced
        je      wait

# Here eax is SIGTERM or SIGINT, or a negative error: then going on would burn the CPU. Exit 0 or 1 by its sign.
        mov     %eax, %edi
        shr     $31, %edi
        mov     $SYS_exit_group, %eax
        syscall

        .balign 8
signals:
        .quad   1 << (SIGINT - 1) | 1 << (SIGTERM - 1) | 1 << (SIGCHLD - 1)
end:
