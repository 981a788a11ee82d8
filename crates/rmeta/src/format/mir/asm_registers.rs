//! Names of registers and register classes of inline assembly, in the order in which rustc numbers them (the modules of
//! `rustc_target::asm`). A register with several names is called by the one that the Reference gives first.

/// One architecture's names, separated by spaces.
pub(super) struct Architecture {
    pub(super) classes: &'static str,
    pub(super) registers: &'static str,
}

/// All architectures with inline assembly.
#[rustfmt::skip]
pub(super) static ARCHITECTURES: [Architecture; 18] = [
    // X86
    Architecture {
        classes:
            "reg reg_abcd reg_byte xmm_reg ymm_reg zmm_reg kreg kreg0 mmx_reg x87_reg tmm_reg",
        registers:
            "ax bx cx dx si di r8 r9 r10 r11 r12 r13 r14 r15 al ah bl bh cl ch dl dh sil dil r8b r9b r10b r11b \
             r12b r13b r14b r15b xmm0 xmm1 xmm2 xmm3 xmm4 xmm5 xmm6 xmm7 xmm8 xmm9 xmm10 xmm11 xmm12 xmm13 xmm14 \
             xmm15 ymm0 ymm1 ymm2 ymm3 ymm4 ymm5 ymm6 ymm7 ymm8 ymm9 ymm10 ymm11 ymm12 ymm13 ymm14 ymm15 zmm0 \
             zmm1 zmm2 zmm3 zmm4 zmm5 zmm6 zmm7 zmm8 zmm9 zmm10 zmm11 zmm12 zmm13 zmm14 zmm15 zmm16 zmm17 zmm18 \
             zmm19 zmm20 zmm21 zmm22 zmm23 zmm24 zmm25 zmm26 zmm27 zmm28 zmm29 zmm30 zmm31 k0 k1 k2 k3 k4 k5 k6 \
             k7 mm0 mm1 mm2 mm3 mm4 mm5 mm6 mm7 st(0) st(1) st(2) st(3) st(4) st(5) st(6) st(7) tmm0 tmm1 tmm2 \
             tmm3 tmm4 tmm5 tmm6 tmm7",
    },
    // Arm
    Architecture {
        classes:
            "reg sreg sreg_low16 dreg dreg_low16 dreg_low8 qreg qreg_low8 qreg_low4",
        registers:
            "r0 r1 r2 r3 r4 r5 r7 r8 r9 r10 r11 r12 r14 s0 s1 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 s12 s13 s14 s15 s16 \
             s17 s18 s19 s20 s21 s22 s23 s24 s25 s26 s27 s28 s29 s30 s31 d0 d1 d2 d3 d4 d5 d6 d7 d8 d9 d10 d11 \
             d12 d13 d14 d15 d16 d17 d18 d19 d20 d21 d22 d23 d24 d25 d26 d27 d28 d29 d30 d31 q0 q1 q2 q3 q4 q5 q6 \
             q7 q8 q9 q10 q11 q12 q13 q14 q15",
    },
    // AArch64
    Architecture {
        classes:
            "reg vreg vreg_low16 preg",
        registers:
            "x0 x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16 x17 x18 x20 x21 x22 x23 x24 x25 x26 x27 \
             x28 x30 v0 v1 v2 v3 v4 v5 v6 v7 v8 v9 v10 v11 v12 v13 v14 v15 v16 v17 v18 v19 v20 v21 v22 v23 v24 \
             v25 v26 v27 v28 v29 v30 v31 p0 p1 p2 p3 p4 p5 p6 p7 p8 p9 p10 p11 p12 p13 p14 p15 ffr",
    },
    // RiscV
    Architecture {
        classes:
            "reg freg vreg",
        registers:
            "x1 x5 x6 x7 x10 x11 x12 x13 x14 x15 x16 x17 x18 x19 x20 x21 x22 x23 x24 x25 x26 x27 x28 x29 x30 x31 \
             f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 \
             f27 f28 f29 f30 f31 v0 v1 v2 v3 v4 v5 v6 v7 v8 v9 v10 v11 v12 v13 v14 v15 v16 v17 v18 v19 v20 v21 \
             v22 v23 v24 v25 v26 v27 v28 v29 v30 v31",
    },
    // Nvptx
    Architecture {
        classes:
            "reg16 reg32 reg64",
        registers:
            "",
    },
    // PowerPC
    Architecture {
        classes:
            "reg reg_nonzero freg vreg vsreg cr ctr lr xer spe_acc",
        registers:
            "r0 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15 r16 r17 r18 r19 r20 r21 r22 r23 r24 r25 r26 r27 r28 \
             r29 f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 \
             f26 f27 f28 f29 f30 f31 v0 v1 v2 v3 v4 v5 v6 v7 v8 v9 v10 v11 v12 v13 v14 v15 v16 v17 v18 v19 v20 \
             v21 v22 v23 v24 v25 v26 v27 v28 v29 v30 v31 vs0 vs1 vs2 vs3 vs4 vs5 vs6 vs7 vs8 vs9 vs10 vs11 vs12 \
             vs13 vs14 vs15 vs16 vs17 vs18 vs19 vs20 vs21 vs22 vs23 vs24 vs25 vs26 vs27 vs28 vs29 vs30 vs31 vs32 \
             vs33 vs34 vs35 vs36 vs37 vs38 vs39 vs40 vs41 vs42 vs43 vs44 vs45 vs46 vs47 vs48 vs49 vs50 vs51 vs52 \
             vs53 vs54 vs55 vs56 vs57 vs58 vs59 vs60 vs61 vs62 vs63 cr cr0 cr1 cr2 cr3 cr4 cr5 cr6 cr7 ctr lr xer \
             spe_acc",
    },
    // Hexagon
    Architecture {
        classes:
            "reg preg",
        registers:
            "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15 r16 r17 r18 r20 r21 r22 r23 r24 r25 r26 r27 \
             r28 p0 p1 p2 p3",
    },
    // LoongArch
    Architecture {
        classes:
            "reg freg",
        registers:
            "$r1 $r4 $r5 $r6 $r7 $r8 $r9 $r10 $r11 $r12 $r13 $r14 $r15 $r16 $r17 $r18 $r19 $r20 $r23 $r24 $r25 \
             $r26 $r27 $r28 $r29 $r30 $f0 $f1 $f2 $f3 $f4 $f5 $f6 $f7 $f8 $f9 $f10 $f11 $f12 $f13 $f14 $f15 $f16 \
             $f17 $f18 $f19 $f20 $f21 $f22 $f23 $f24 $f25 $f26 $f27 $f28 $f29 $f30 $f31",
    },
    // Mips
    Architecture {
        classes:
            "reg freg",
        registers:
            "$2 $3 $4 $5 $6 $7 $8 $9 $10 $11 $12 $13 $14 $15 $16 $17 $18 $19 $20 $21 $22 $23 $24 $25 $f0 $f1 $f2 \
             $f3 $f4 $f5 $f6 $f7 $f8 $f9 $f10 $f11 $f12 $f13 $f14 $f15 $f16 $f17 $f18 $f19 $f20 $f21 $f22 $f23 \
             $f24 $f25 $f26 $f27 $f28 $f29 $f30 $f31",
    },
    // S390x
    Architecture {
        classes:
            "reg reg_addr freg vreg areg",
        registers:
            "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r12 r13 r14 f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 \
             v0 v1 v2 v3 v4 v5 v6 v7 v8 v9 v10 v11 v12 v13 v14 v15 v16 v17 v18 v19 v20 v21 v22 v23 v24 v25 v26 \
             v27 v28 v29 v30 v31 a2 a3 a4 a5 a6 a7 a8 a9 a10 a11 a12 a13 a14 a15",
    },
    // Sparc
    Architecture {
        classes:
            "reg yreg",
        registers:
            "r2 r3 r4 r5 r8 r9 r10 r11 r12 r13 r15 r16 r17 r18 r19 r20 r21 r22 r23 r24 r25 r26 r27 r28 r29 y",
    },
    // SpirV
    Architecture {
        classes:
            "reg",
        registers:
            "",
    },
    // Wasm
    Architecture {
        classes:
            "local",
        registers:
            "",
    },
    // Bpf
    Architecture {
        classes:
            "reg wreg",
        registers:
            "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 w0 w1 w2 w3 w4 w5 w6 w7 w8 w9",
    },
    // Avr
    Architecture {
        classes:
            "reg reg_upper reg_pair reg_iw reg_ptr",
        registers:
            "r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15 r16 r17 r18 r19 r20 r21 r22 r23 r24 r25 r26 r27 r30 \
             r31 r3r2 r5r4 r7r6 r9r8 r11r10 r13r12 r15r14 r17r16 r19r18 r21r20 r23r22 r25r24 r27r26 r31r30",
    },
    // Msp430
    Architecture {
        classes:
            "reg",
        registers:
            "r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15",
    },
    // M68k
    Architecture {
        classes:
            "reg reg_addr reg_data",
        registers:
            "d0 d1 d2 d3 d4 d5 d6 d7 a0 a1 a2 a3",
    },
    // CSKY
    Architecture {
        classes:
            "reg freg",
        registers:
            "r0 r1 r2 r3 r4 r5 r6 r9 r10 r11 r12 r13 r16 r17 r18 r19 r20 r21 r22 r23 r24 r25 fr0 fr1 fr2 fr3 fr4 \
             fr5 fr6 fr7 fr8 fr9 fr10 fr11 fr12 fr13 fr14 fr15 fr16 fr17 fr18 fr19 fr20 fr21 fr22 fr23 fr24 fr25 \
             fr26 fr27 fr28 fr29 fr30 fr31",
    },
];
