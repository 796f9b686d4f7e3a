# The program of a pod's sandbox, for x86-64 Linux: process 1 of the pod, which reaps what is orphaned and waits to be
# told to end.
#
# Called with words it is no process 1 but obeys orders on files, for whoever executes it in a running sandbox, where
# there is no shell: `rename FROM TO`, `unlink PATH`, `delete DIRECTORY`, `mode OCTAL PATH`, `group NUMBER PATH`,
# `share NUMBER PATH`, `expect NUMBER PATH`, `free PATH`, `print PATH`, any number of them, in order. Their first letters
# tell them apart. It exits 1 when one of them failed, else 0.
#
# The signals it acts on stay blocked and are taken one at a time by rt_sigtimedwait, so there is no handler, no stack
# frame and no race. A blocked signal also reaches process 1 of a PID namespace, for which the kernel drops signals
# that have no handler.
#
# The ELF header is written by hand: the assembled .text section is the file. See scripts/build_sandbox.sh.

        .set    load_address, 0x400000
        .set    page_size, 0x1000

        .set    SYS_read, 0
        .set    SYS_write, 1
        .set    SYS_rt_sigprocmask, 14
        .set    SYS_wait4, 61
        .set    SYS_rt_sigtimedwait, 128
        .set    SYS_statfs, 137
        .set    SYS_close, 3
        .set    SYS_getdents64, 217
        .set    SYS_exit_group, 231
        .set    SYS_openat, 257
        .set    SYS_fchownat, 260
        .set    SYS_newfstatat, 262
        .set    SYS_unlinkat, 263
        .set    SYS_renameat, 264
        .set    SYS_fchmodat, 268

        .set    SIG_BLOCK, 0
        .set    SIGINT, 2
        .set    SIGTERM, 15
        .set    SIGCHLD, 17
        .set    WNOHANG, 1
        .set    EINTR, 4
        .set    sizeof_sigset, 8

        .set    STDOUT, 1
        .set    AT_FDCWD, -100
        .set    AT_SYMLINK_NOFOLLOW, 0x100
        .set    AT_REMOVEDIR, 0x200
        .set    O_DIRECTORY, 0x10000
        .set    O_NOFOLLOW, 0x20000

        .set    S_IFMT, 0170000
        .set    S_IFDIR, 0040000
        .set    S_IFREG, 0100000
        .set    MODE_BITS, 07777
        .set    FILE_OF_GROUP, 0660     # as the kubelet leaves the files of an fsGroup,
        .set    FOLDER_OF_GROUP, 02770  # and its folders

        .set    st_mode, 24
        .set    st_gid, 32
        .set    sizeof_stat, 144
        .set    d_reclen, 16
        .set    d_name, 19
        .set    sizeof_entries, 1024
        .set    sizeof_statfs, 120
        .set    sizeof_piece, 4096

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

# The kernel leaves argc, argv[0] … argv[argc - 1] and a null pointer on the stack.
start:
        lea     16(%rsp), %rbx          # the next word
        xor     %ebp, %ebp              # the exit status
        cmpq    $0, (%rbx)
        jne     order

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

order:
        cmpq    $0, (%rbx)
        je      leave
        call    word
        movzbl  (%rsi), %eax
        cmp     $'r', %eax
        je      rename
        cmp     $'u', %eax
        je      unlink
        cmp     $'d', %eax
        je      delete
        cmp     $'m', %eax
        je      mode
        cmp     $'g', %eax
        je      group
        cmp     $'s', %eax
        je      share
        cmp     $'e', %eax
        je      expect
        cmp     $'f', %eax
        je      free
        cmp     $'p', %eax
        je      print
refuse:
        mov     $1, %ebp
leave:
        mov     %ebp, %edi
        mov     $SYS_exit_group, %eax
        syscall

rename:
        call    word
        mov     %rsi, %r12
        call    word
        mov     %rsi, %r10
        mov     %r12, %rsi
        mov     $AT_FDCWD, %rdx
        mov     $SYS_renameat, %eax
        jmp     obey

unlink:
        xor     %r12d, %r12d
        jmp     remove
delete:
        mov     $AT_REMOVEDIR, %r12d
remove:
        call    word
        mov     %r12d, %edx
        mov     $SYS_unlinkat, %eax
        jmp     obey

mode:
        mov     $8, %ecx
        call    number
        call    word
        mov     %r12d, %edx
        mov     $SYS_fchmodat, %eax
        jmp     obey

group:
        mov     $10, %ecx
        call    number
        call    word
        mov     $-1, %rdx               # the owner stays
        mov     %r12d, %r10d
        mov     $AT_SYMLINK_NOFOLLOW, %r8d
        mov     $SYS_fchownat, %eax

# The call in eax, with its arguments but the first.
obey:
        mov     $AT_FDCWD, %rdi
        syscall
        test    %rax, %rax
        jns     order
        mov     $1, %ebp
        jmp     order

# Give a whole tree to a group, which can read and write it from then on; what is made in it belongs to the group too.
# Links are given, and not followed.
share:
        mov     $10, %ecx
        call    number
        call    word
        mov     $AT_FDCWD, %rdi
        call    give
        jmp     order

# Leave well when the root of a tree is as `share` leaves it: then the orders that follow are done already.
expect:
        mov     $10, %ecx
        call    number
        call    word
        sub     $sizeof_stat, %rsp
        mov     $AT_FDCWD, %rdi
        mov     %rsp, %rdx
        mov     $AT_SYMLINK_NOFOLLOW, %r10d
        mov     $SYS_newfstatat, %eax
        syscall
        mov     st_gid(%rsp), %ecx
        mov     st_mode(%rsp), %edx
        add     $sizeof_stat, %rsp
        test    %rax, %rax
        js      order
        cmp     %r12d, %ecx
        jne     order
        and     $FOLDER_OF_GROUP, %edx
        cmp     $FOLDER_OF_GROUP, %edx
        jne     order
        jmp     leave

# What is left of the file system of a path, to standard output: the kernel's struct statfs as it is.
free:
        call    word
        mov     %rsi, %rdi
        sub     $sizeof_statfs, %rsp
        mov     %rsp, %rsi
        mov     $SYS_statfs, %eax
        syscall
        test    %rax, %rax
        js      told
        mov     $sizeof_statfs, %edx
        call    tell
told:
        add     $sizeof_statfs, %rsp
        test    %rax, %rax
        jns     order
        mov     $1, %ebp
        jmp     order

# A file, to standard output.
print:
        call    word
        mov     $AT_FDCWD, %rdi
        xor     %edx, %edx              # to read
        xor     %r10d, %r10d
        mov     $SYS_openat, %eax
        syscall
        test    %rax, %rax
        js      unread
        mov     %eax, %r12d
        sub     $sizeof_piece, %rsp
        mov     %rsp, %rsi
piece:
        mov     %r12d, %edi
        mov     $sizeof_piece, %edx
        mov     $SYS_read, %eax
        syscall
        test    %rax, %rax
        jle     printed
        mov     %rax, %rdx
        call    tell
        test    %rax, %rax
        jns     piece
printed:
        add     $sizeof_piece, %rsp
        mov     %rax, %r13
        mov     %r12d, %edi
        mov     $SYS_close, %eax
        syscall
        test    %r13, %r13
        jns     order
unread:
        mov     $1, %ebp
        jmp     order

# rdx bytes from rsi.
tell:
        mov     $STDOUT, %edi
        mov     $SYS_write, %eax
        syscall
        ret

# The file named rsi in the open folder rdi, and all below it, to the group in r12d. The frame holds what is told of the
# file, then the entries of a folder; once the mode is known, its first words are the next entry and the end of them.
give:
        push    %r13
        push    %r14
        push    %r15
        sub     $sizeof_stat + sizeof_entries, %rsp
        mov     %rdi, %r13
        mov     %rsi, %r14
        mov     %rsp, %rdx
        mov     $AT_SYMLINK_NOFOLLOW, %r10d
        mov     $SYS_newfstatat, %eax
        syscall
        test    %rax, %rax
        js      failed

        mov     %r13, %rdi
        mov     %r14, %rsi
        mov     $-1, %rdx
        mov     %r12d, %r10d
        mov     $AT_SYMLINK_NOFOLLOW, %r8d
        mov     $SYS_fchownat, %eax
        syscall
        test    %rax, %rax
        js      failed

        mov     st_mode(%rsp), %edx
        mov     %edx, %eax
        and     $MODE_BITS, %edx
        and     $S_IFMT, %eax
        cmp     $S_IFDIR, %eax
        je      folder
        cmp     $S_IFREG, %eax
        jne     given
        or      $FILE_OF_GROUP, %edx
        call    change
        jmp     given

folder:
        or      $FOLDER_OF_GROUP, %edx
        call    change
        mov     %r13, %rdi
        mov     %r14, %rsi
        mov     $O_DIRECTORY | O_NOFOLLOW, %edx
        xor     %r10d, %r10d
        mov     $SYS_openat, %eax
        syscall
        test    %rax, %rax
        js      failed
        mov     %rax, %r15
entries:
        mov     %r15, %rdi
        lea     sizeof_stat(%rsp), %rsi
        mov     $sizeof_entries, %edx
        mov     $SYS_getdents64, %eax
        syscall
        test    %rax, %rax
        jle     shut
        lea     sizeof_stat(%rsp), %rsi
        mov     %rsi, (%rsp)
        add     %rsi, %rax
        mov     %rax, 8(%rsp)
entry:
        mov     (%rsp), %rsi
        cmp     8(%rsp), %rsi
        jae     entries
        movzwl  d_reclen(%rsi), %eax
        add     %rsi, %rax
        mov     %rax, (%rsp)
        add     $d_name, %rsi
        cmpb    $'.', (%rsi)            # neither the folder itself nor the one above it
        jne     below
        cmpb    $0, 1(%rsi)
        je      entry
        cmpb    $'.', 1(%rsi)
        jne     below
        cmpb    $0, 2(%rsi)
        je      entry
below:
        mov     %r15, %rdi
        call    give
        jmp     entry
shut:
        mov     %r15, %rdi
        mov     $SYS_close, %eax
        syscall
        jmp     given
failed:
        mov     $1, %ebp
given:
        add     $sizeof_stat + sizeof_entries, %rsp
        pop     %r15
        pop     %r14
        pop     %r13
        ret

# The mode of the file named r14 in the folder r13, to edx.
change:
        mov     %r13, %rdi
        mov     %r14, %rsi
        mov     $SYS_fchmodat, %eax
        syscall
        test    %rax, %rax
        jns     changed
        mov     $1, %ebp
changed:
        ret

# The next word to rsi; an order without all of its words is refused.
word:
        mov     (%rbx), %rsi
        add     $8, %rbx
        test    %rsi, %rsi
        jz      refuse
        ret

# The next word to r12d, read to the base in ecx.
number:
        call    word
        xor     %r12d, %r12d
digit:
        movzbl  (%rsi), %eax
        inc     %rsi
        sub     $'0', %eax
        js      complete
        imul    %ecx, %r12d
        add     %eax, %r12d
        jmp     digit
complete:
        ret

        .balign 8
signals:
        .quad   1 << (SIGINT - 1) | 1 << (SIGTERM - 1) | 1 << (SIGCHLD - 1)
end:
