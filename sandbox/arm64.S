// The program of a pod's sandbox, for AArch64 Linux: process 1 of the pod, which reaps what is orphaned and waits to be
// told to end.
//
// amd64.S is the same program and gives the reasons; the two are kept alike, line by line.

        .set    load_address, 0x400000
        .set    page_size, 0x10000      // the largest that AArch64 kernels use

        .set    SYS_unlinkat, 35
        .set    SYS_renameat, 38
        .set    SYS_statfs, 43
        .set    SYS_fchmodat, 53
        .set    SYS_fchownat, 54
        .set    SYS_openat, 56
        .set    SYS_close, 57
        .set    SYS_getdents64, 61
        .set    SYS_read, 63
        .set    SYS_write, 64
        .set    SYS_newfstatat, 79
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

        .set    STDOUT, 1
        .set    AT_FDCWD, -100
        .set    AT_SYMLINK_NOFOLLOW, 0x100
        .set    AT_REMOVEDIR, 0x200
        .set    O_DIRECTORY, 0x4000
        .set    O_NOFOLLOW, 0x8000

        .set    S_IFMT, 0170000
        .set    S_IFDIR, 0040000
        .set    S_IFREG, 0100000
        .set    MODE_BITS, 07777
        .set    FILE_OF_GROUP, 0660     // as the kubelet leaves the files of an fsGroup,
        .set    FOLDER_OF_GROUP, 02770  // and its folders

        .set    st_mode, 16
        .set    st_gid, 28
        .set    sizeof_stat, 128
        .set    d_reclen, 16
        .set    d_name, 19
        .set    sizeof_entries, 1024
        .set    sizeof_statfs, 120
        .set    sizeof_statfs_frame, 128  // the stack stays aligned to 16 bytes
        .set    sizeof_piece, 4096

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
        add     x19, sp, 16             // the next word
        mov     w20, wzr                // the exit status
        ldr     x0, [x19]
        cbnz    x0, order

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

order:
        ldr     x0, [x19]
        cbz     x0, leave
        bl      word
        ldrb    w0, [x1]
        cmp     w0, 'r'
        b.eq    rename
        cmp     w0, 'u'
        b.eq    unlink
        cmp     w0, 'd'
        b.eq    delete
        cmp     w0, 'm'
        b.eq    mode
        cmp     w0, 'g'
        b.eq    group
        cmp     w0, 's'
        b.eq    share
        cmp     w0, 'e'
        b.eq    expect
        cmp     w0, 'f'
        b.eq    free
        cmp     w0, 'p'
        b.eq    print
refuse:
        mov     w20, 1
leave:
        mov     w0, w20
        mov     x8, SYS_exit_group
        svc     0

rename:
        bl      word
        mov     x21, x1
        bl      word
        mov     x3, x1
        mov     x1, x21
        mov     x2, AT_FDCWD
        mov     x8, SYS_renameat
        b       obey

unlink:
        mov     w21, wzr
        b       remove
delete:
        mov     w21, AT_REMOVEDIR
remove:
        bl      word
        mov     w2, w21
        mov     x8, SYS_unlinkat
        b       obey

mode:
        mov     w22, 8
        bl      number
        bl      word
        mov     w2, w21
        mov     x8, SYS_fchmodat
        b       obey

group:
        mov     w22, 10
        bl      number
        bl      word
        mov     x2, -1                  // the owner stays
        mov     w3, w21
        mov     x4, AT_SYMLINK_NOFOLLOW
        mov     x8, SYS_fchownat

obey:
        mov     x0, AT_FDCWD
        svc     0
        tbz     x0, 63, order
        mov     w20, 1
        b       order

share:
        mov     w22, 10
        bl      number
        bl      word
        mov     x0, AT_FDCWD
        bl      give
        b       order

expect:
        mov     w22, 10
        bl      number
        bl      word
        sub     sp, sp, sizeof_stat
        mov     x0, AT_FDCWD
        mov     x2, sp
        mov     x3, AT_SYMLINK_NOFOLLOW
        mov     x8, SYS_newfstatat
        svc     0
        ldr     w4, [sp, st_gid]
        ldr     w5, [sp, st_mode]
        add     sp, sp, sizeof_stat
        tbnz    x0, 63, order
        cmp     w4, w21
        b.ne    order
        mov     w6, FOLDER_OF_GROUP
        and     w5, w5, w6
        cmp     w5, w6
        b.ne    order
        b       leave

free:
        bl      word
        mov     x0, x1
        sub     sp, sp, sizeof_statfs_frame
        mov     x1, sp
        mov     x8, SYS_statfs
        svc     0
        tbnz    x0, 63, told
        mov     x2, sizeof_statfs
        bl      tell
told:
        add     sp, sp, sizeof_statfs_frame
        tbz     x0, 63, order
        mov     w20, 1
        b       order

print:
        bl      word
        mov     x0, AT_FDCWD
        mov     x2, xzr                 // to read
        mov     x3, xzr
        mov     x8, SYS_openat
        svc     0
        tbnz    x0, 63, unread
        mov     w21, w0
        sub     sp, sp, sizeof_piece
        mov     x1, sp
piece:
        mov     w0, w21
        mov     x2, sizeof_piece
        mov     x8, SYS_read
        svc     0
        cmp     x0, xzr
        b.le    printed
        mov     x2, x0
        bl      tell
        tbz     x0, 63, piece
printed:
        add     sp, sp, sizeof_piece
        mov     x22, x0
        mov     w0, w21
        mov     x8, SYS_close
        svc     0
        tbz     x22, 63, order
unread:
        mov     w20, 1
        b       order

tell:
        mov     x0, STDOUT
        mov     x8, SYS_write
        svc     0
        ret

give:
        stp     x24, x25, [sp, -32]!
        stp     x26, x30, [sp, 16]
        sub     sp, sp, sizeof_stat + sizeof_entries
        mov     x24, x0
        mov     x25, x1
        mov     x2, sp
        mov     x3, AT_SYMLINK_NOFOLLOW
        mov     x8, SYS_newfstatat
        svc     0
        tbnz    x0, 63, failed

        mov     x0, x24
        mov     x1, x25
        mov     x2, -1
        mov     w3, w21
        mov     x4, AT_SYMLINK_NOFOLLOW
        mov     x8, SYS_fchownat
        svc     0
        tbnz    x0, 63, failed

        ldr     w2, [sp, st_mode]
        and     w0, w2, S_IFMT
        and     w2, w2, MODE_BITS
        cmp     w0, S_IFDIR
        b.eq    folder
        cmp     w0, S_IFREG
        b.ne    given
        mov     w3, FILE_OF_GROUP
        orr     w2, w2, w3
        bl      change
        b       given

folder:
        mov     w3, FOLDER_OF_GROUP
        orr     w2, w2, w3
        bl      change
        mov     x0, x24
        mov     x1, x25
        mov     x2, O_DIRECTORY | O_NOFOLLOW
        mov     x3, xzr
        mov     x8, SYS_openat
        svc     0
        tbnz    x0, 63, failed
        mov     x26, x0
entries:
        mov     x0, x26
        add     x1, sp, sizeof_stat
        mov     x2, sizeof_entries
        mov     x8, SYS_getdents64
        svc     0
        cmp     x0, 0
        b.le    shut
        add     x1, sp, sizeof_stat
        add     x0, x0, x1
        stp     x1, x0, [sp]
entry:
        ldp     x1, x0, [sp]
        cmp     x1, x0
        b.hs    entries
        ldrh    w0, [x1, d_reclen]
        add     x0, x0, x1
        str     x0, [sp]
        add     x1, x1, d_name
        ldrb    w0, [x1]                // neither the folder itself nor the one above it
        cmp     w0, '.'
        b.ne    below
        ldrb    w0, [x1, 1]
        cbz     w0, entry
        cmp     w0, '.'
        b.ne    below
        ldrb    w0, [x1, 2]
        cbz     w0, entry
below:
        mov     x0, x26
        bl      give
        b       entry
shut:
        mov     x0, x26
        mov     x8, SYS_close
        svc     0
        b       given
failed:
        mov     w20, 1
given:
        add     sp, sp, sizeof_stat + sizeof_entries
        ldp     x26, x30, [sp, 16]
        ldp     x24, x25, [sp], 32
        ret

change:
        mov     x0, x24
        mov     x1, x25
        mov     x8, SYS_fchmodat
        svc     0
        tbz     x0, 63, changed
        mov     w20, 1
changed:
        ret

word:
        ldr     x1, [x19], 8
        cbz     x1, refuse
        ret

number:
        mov     x23, x30                // where to return to
        bl      word
        mov     w21, wzr
digit:
        ldrb    w0, [x1], 1
        subs    w0, w0, '0'
        b.mi    complete
        madd    w21, w21, w22, w0
        b       digit
complete:
        ret     x23

        .balign 8
signals:
        .quad   1 << (SIGINT - 1) | 1 << (SIGTERM - 1) | 1 << (SIGCHLD - 1)
end:
