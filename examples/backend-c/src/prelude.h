/* What every module begins with: names of types, and operations that C has no operator for. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef unsigned __int128 u128;
typedef signed char i8;
typedef short i16;
typedef int i32;
typedef long i64;
typedef __int128 i128;
typedef _Float16 f16;
typedef float f32;
typedef double f64;
typedef __float128 f128;
typedef u8 *ptr;

#define HELPER static inline __attribute__((always_inline, unused))

/* A function's address, of which the compiler must not know whose it is: it refuses calls by another type than the
   function's own, even where both pass the same registers. */
HELPER ptr opaque(ptr p) { __asm__("" : "+r"(p)); return p; }

#define BITS(T) (sizeof(T) * 8)

HELPER u64 ctlz_64(u64 x, u32 bits) { return x ? (u64)__builtin_clzl(x) - (64 - bits) : bits; }
HELPER u64 cttz_64(u64 x, u32 bits) { return x ? (u64)__builtin_ctzl(x) : bits; }
HELPER u128 ctlz_128(u128 x) { u64 high = x >> 64; return high ? ctlz_64(high, 64) : 64 + ctlz_64((u64)x, 64); }
HELPER u128 cttz_128(u128 x) { u64 low = x; return low ? cttz_64(low, 64) : 64 + cttz_64((u64)(x >> 64), 64); }
HELPER u64 popcount_64(u64 x) { return (u64)__builtin_popcountl(x); }
HELPER u128 popcount_128(u128 x) { return popcount_64((u64)x) + popcount_64((u64)(x >> 64)); }
HELPER u128 bswap_128(u128 x) { return (u128)__builtin_bswap64((u64)x) << 64 | __builtin_bswap64((u64)(x >> 64)); }
HELPER u64 reverse_64(u64 x) {
    x = (x >> 1 & 0x5555555555555555) | (x & 0x5555555555555555) << 1;
    x = (x >> 2 & 0x3333333333333333) | (x & 0x3333333333333333) << 2;
    x = (x >> 4 & 0x0f0f0f0f0f0f0f0f) | (x & 0x0f0f0f0f0f0f0f0f) << 4;
    return __builtin_bswap64(x);
}
HELPER u128 reverse_128(u128 x) { return (u128)reverse_64((u64)x) << 64 | reverse_64((u64)(x >> 64)); }

#define INTEGER(T, S)                                                                                                  \
    HELPER T rotl_##T(T x, T n) { n %= BITS(T); return n ? (T)(x << n | x >> (BITS(T) - n)) : x; }                     \
    HELPER T rotr_##T(T x, T n) { n %= BITS(T); return n ? (T)(x >> n | x << (BITS(T) - n)) : x; }                     \
    HELPER T fshl_##T(T a, T b, T n) { n %= BITS(T); return n ? (T)(a << n | b >> (BITS(T) - n)) : a; }                \
    HELPER T fshr_##T(T a, T b, T n) { n %= BITS(T); return n ? (T)(a << (BITS(T) - n) | b >> n) : b; }                \
    HELPER T umin_##T(T a, T b) { return a < b ? a : b; }                                                              \
    HELPER T umax_##T(T a, T b) { return a > b ? a : b; }                                                              \
    HELPER T smin_##T(T a, T b) { return (S)a < (S)b ? a : b; }                                                        \
    HELPER T smax_##T(T a, T b) { return (S)a > (S)b ? a : b; }                                                        \
    HELPER T smallest_##T(void) { return (T)((T)1 << (BITS(T) - 1)); }                                                 \
    HELPER T uadd_sat_##T(T a, T b) { T r; return __builtin_add_overflow(a, b, &r) ? (T)-1 : r; }                      \
    HELPER T usub_sat_##T(T a, T b) { return a < b ? 0 : (T)(a - b); }                                                 \
    HELPER T saturated_##T(T sign) { return (S)sign < 0 ? smallest_##T() : (T)~smallest_##T(); }                       \
    HELPER T sadd_sat_##T(T a, T b) { S r; return __builtin_add_overflow((S)a, (S)b, &r) ? saturated_##T(a) : (T)r; }  \
    HELPER T ssub_sat_##T(T a, T b) { S r; return __builtin_sub_overflow((S)a, (S)b, &r) ? saturated_##T(a) : (T)r; }  \
    HELPER u8 uadd_over_##T(T a, T b, T *r) { return __builtin_add_overflow(a, b, r); }                                \
    HELPER u8 usub_over_##T(T a, T b, T *r) { return __builtin_sub_overflow(a, b, r); }                                \
    HELPER u8 umul_over_##T(T a, T b, T *r) { return __builtin_mul_overflow(a, b, r); }                                \
    HELPER u8 sadd_over_##T(T a, T b, T *r) { return __builtin_add_overflow((S)a, (S)b, (S *)r); }                     \
    HELPER u8 ssub_over_##T(T a, T b, T *r) { return __builtin_sub_overflow((S)a, (S)b, (S *)r); }                     \
    HELPER u8 smul_over_##T(T a, T b, T *r) { return __builtin_mul_overflow((S)a, (S)b, (S *)r); }
INTEGER(u8, i8)
INTEGER(u16, i16)
INTEGER(u32, i32)
INTEGER(u64, i64)
INTEGER(u128, i128)

/* Floats to integers as Rust's `as` does it: NaN to 0, the rest to the nearest there is. `limit` is 2 to the power of the
   integer's bits, of a signed one's bits but the sign. */
#define SATURATE(F, T, S, limit_u, limit_s)                                                                            \
    HELPER T unsigned_##F##_##T(F x) { return !(x > -1) ? 0 : x >= (F)limit_u ? (T)-1 : (T)x; }                        \
    HELPER T signed_##F##_##T(F x) {                                                                                   \
        return x != x ? 0 : x <= -(F)limit_s ? smallest_##T() : x >= (F)limit_s ? (T)~smallest_##T() : (T)(S)x;        \
    }
#define SATURATE_ALL(F)                                                                                                \
    SATURATE(F, u8, i8, 0x1p8, 0x1p7)                                                                                  \
    SATURATE(F, u16, i16, 0x1p16, 0x1p15)                                                                              \
    SATURATE(F, u32, i32, 0x1p32, 0x1p31)                                                                              \
    SATURATE(F, u64, i64, 0x1p64, 0x1p63)
SATURATE_ALL(f32)
SATURATE_ALL(f64)
SATURATE_ALL(f128)
SATURATE(f64, u128, i128, 0x1p128, 0x1p127)
SATURATE(f128, u128, i128, 0x1p128, 0x1p127)
HELPER u128 unsigned_f32_u128(f32 x) { return unsigned_f64_u128(x); }
HELPER u128 signed_f32_u128(f32 x) { return signed_f64_u128(x); }

#define BITCAST(F, T)                                                                                                  \
    HELPER T bits_##F(F x) { T r; __builtin_memcpy(&r, &x, sizeof r); return r; }                                      \
    HELPER F from_bits_##F(T x) { F r; __builtin_memcpy(&r, &x, sizeof r); return r; }                                 \
    HELPER F fneg_##F(F x) { return from_bits_##F(bits_##F(x) ^ (T)1 << (BITS(T) - 1)); }                              \
    HELPER F fabs_##F(F x) { return from_bits_##F(bits_##F(x) & (T)~((T)1 << (BITS(T) - 1))); }                        \
    HELPER F copysign_##F(F x, F s) {                                                                                  \
        T sign = (T)1 << (BITS(T) - 1);                                                                                \
        return from_bits_##F((bits_##F(x) & (T)~sign) | (bits_##F(s) & sign));                                         \
    }                                                                                                                  \
    HELPER F fmin_##F(F a, F b) { return a != a ? b : b != b ? a : a < b ? a : b; }                                    \
    HELPER F fmax_##F(F a, F b) { return a != a ? b : b != b ? a : a > b ? a : b; }                                    \
    HELPER u8 negative_##F(F x) { return bits_##F(x) >> (BITS(T) - 1); }                                               \
    HELPER F fminimum_##F(F a, F b) {                                                                                  \
        return a != a ? a : b != b ? b : a < b ? a : b < a ? b : negative_##F(a) ? a : b;                              \
    }                                                                                                                  \
    HELPER F fmaximum_##F(F a, F b) {                                                                                  \
        return a != a ? a : b != b ? b : a > b ? a : b > a ? b : negative_##F(a) ? b : a;                              \
    }
BITCAST(f16, u16)
BITCAST(f32, u32)
BITCAST(f64, u64)
BITCAST(f128, u128)
