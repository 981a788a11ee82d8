//! Values with unusual layouts: over-aligned, packed, without size, unsized by hand, in unions.
use std::mem::{ManuallyDrop, MaybeUninit, align_of_val, offset_of, size_of_val};
use std::ptr;
use std::rc::Rc;

#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
struct Wide(u8, u64);
#[derive(Clone, Copy, Debug, PartialEq, Default)]
#[repr(C, packed)]
struct Packed {
    a: u8,
    b: u32,
    c: (u16, u64),
    d: [u128; 2],
}
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, packed(4))]
struct Packed4 {
    a: u16,
    b: u128,
    c: f64,
}
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(32))]
struct Nothing;
#[repr(C)]
struct Tail<T: ?Sized> {
    head: u16,
    tail: T,
}
#[repr(C)]
union Mixed {
    int: u64,
    float: f64,
    bytes: [u8; 8],
    text: ManuallyDrop<Option<Box<u32>>>,
}
union Generic<T: Copy> {
    _none: (),
    some: T,
}
trait Speak {
    fn speak(&self) -> String;
}
impl Speak for Wide {
    fn speak(&self) -> String {
        assert_eq!((self as *const Wide).addr() % 64, 0);
        format!("wide {} {}", self.0, self.1)
    }
}
impl Speak for u8 {
    fn speak(&self) -> String {
        format!("byte {self}")
    }
}
#[inline(never)]
fn pass(a: Wide, n: Nothing, b: Packed, c: Packed4, d: [Wide; 2]) -> (Packed4, Wide, Nothing, Packed) {
    assert_eq!((&raw const a).addr() % 64, 0);
    assert_eq!((&raw const n).addr() % 32, 0);
    assert_eq!((&raw const d).addr() % 64, 0);
    (Packed4 { a: b.a as u16 + c.a, ..c }, Wide(a.0 ^ d[1].0, d[0].1), n, Packed { b: b.b + 1, ..b })
}
extern "C" fn pass_c(a: Wide, b: Packed, c: Packed4, n: u8) -> Wide {
    assert_eq!((&raw const a).addr() % 64, 0);
    Wide(a.0 + n, { b.c }.1 + c.a as u64)
}
fn unsized_values() {
    let sized = Tail { head: 7, tail: Wide(1, 2) };
    let tail: &Tail<dyn Speak> = &sized;
    println!("{} {} {} {}", tail.head, tail.tail.speak(), size_of_val(tail), align_of_val(tail));
    let bytes: Box<Tail<[u16]>> = Box::new(Tail { head: 1, tail: [2, 3, 4] });
    println!("{} {:?} {}", bytes.head, &bytes.tail, size_of_val(&*bytes));
    let nested: Rc<Tail<Tail<dyn Speak>>> = Rc::new(Tail { head: 3, tail: Tail { head: 4, tail: 200u8 } });
    println!("{} {} {} {}", nested.head, nested.tail.head, nested.tail.tail.speak(), size_of_val(&*nested));
    let objects: [Rc<dyn Speak>; 2] = [Rc::new(Wide(9, 8)), Rc::new(7u8)];
    for object in &objects {
        println!("{} {} {}", object.speak(), size_of_val(&**object), align_of_val(&**object));
    }
    let raw: *const dyn Speak = &Wide(4, 5);
    println!("{}", unsafe { (*raw).speak() });
    println!("{} {}", offset_of!(Tail<u64>, tail), offset_of!(Packed, c.1));
}
fn without_size() {
    let mut units = vec![(); 5];
    units.push(());
    println!("{} {}", units.len(), units.iter().map(|_| 1).sum::<i32>());
    let nothing = [Nothing; 3];
    println!("{:?} {} {}", nothing, size_of_val(&nothing), (&raw const nothing[2]).addr() % 32);
    let boxed: Box<[Nothing]> = vec![Nothing; 4].into();
    println!("{}", boxed.iter().filter(|it| ptr::from_ref(*it).is_aligned()).count());
    let object: Box<dyn std::any::Any> = Box::new(Nothing);
    println!("{}", object.is::<Nothing>());
    let split = nothing.split_at(1);
    println!("{} {} {}", split.0.len(), split.1.len(), nothing.chunks(2).count());
    let never: Result<u8, std::convert::Infallible> = Ok(4);
    let Ok(value) = never;
    println!("{value} {}", size_of_val(&never));
}
fn unions() {
    let mut mixed = Mixed { float: 1.5 };
    unsafe {
        println!("{:x} {:?}", mixed.int, mixed.bytes);
        mixed.bytes[7] = 0xc0;
        println!("{}", mixed.float);
        mixed.text = ManuallyDrop::new(Some(Box::new(5)));
        println!("{:?}", mixed.text);
        ManuallyDrop::drop(&mut mixed.text);
        match mixed {
            Mixed { int: 0 } => println!("zero"),
            Mixed { bytes: [_, .., last] } if last == 77 => println!("last"),
            _ => println!("other"),
        }
        let generic = Generic { some: (1u8, 2u32) };
        println!("{:?}", generic.some);
    }
    let mut slots: [MaybeUninit<String>; 3] = [const { MaybeUninit::uninit() }; 3];
    for (index, slot) in slots.iter_mut().enumerate() {
        slot.write("x".repeat(index + 1));
    }
    let strings = slots.map(|it| unsafe { it.assume_init() });
    println!("{strings:?}");
}
fn main() {
    let packed = Packed { a: 1, b: 2, c: (3, 4), d: [5, 6] };
    let packed4 = Packed4 { a: 7, b: 8, c: 9.5 };
    println!("{:?}", pass(Wide(1, 2), Nothing, packed, packed4, [Wide(3, 4), Wide(5, 6)]));
    println!("{:?}", pass_c(Wide(1, 2), packed, packed4, 200));
    let f: extern "C" fn(Wide, Packed, Packed4, u8) -> Wide = pass_c;
    println!("{:?}", f(Wide(9, 9), Packed::default(), packed4, 3));
    let mut copy = packed;
    copy.c.1 += u64::from(copy.a);
    copy.d[1] *= 3;
    println!("{copy:?} {} {}", copy == packed, { copy.d }[1]);
    println!("{:?}", std::array::from_fn::<_, 3, _>(|i| Packed4 { a: i as u16, ..packed4 }));
    unsized_values();
    without_size();
    unions();
}
