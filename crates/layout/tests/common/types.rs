//! Types to try: Rust source.

/// Definitions that the types refer to, and uses.
pub const DEFINITIONS: &str = include_str!("../snippets/types.rs");

/// Types of all sorts.
const TYPES: &str = "
    bool; char; u8; i16; u32; i64; u128; i128; usize; isize; f16; f32; f64; f128; !; (); (u8,); (u8, u16); (u16, u8, u32);
    (u8, u32, u8); (bool, char); (u64, bool, u8); ((), u8); (u8, (u16, u8)); [u8; 0]; [u16; 5]; [(u8, u16); 3]; [bool; 4];
    [Never0; 0]; [Never0; 2]; str; [u8]; [u32]; dyn Trait; dyn Sub; dyn Any + Send; Foreign; ForeignTail;
    &'static u8; &'static mut u8; *const u8; *mut u8; &'static str; &'static [u8]; *const [u8]; *const str;
    &'static dyn Trait; *mut dyn Trait; Box<u8>; Box<str>; Box<dyn Trait>; Box<[u32]>; &'static Foreign;
    *const ForeignTail; &'static Tail<[u8]>; &'static Tail<str>; *const Tail<dyn Trait>; &'static (u8, [u8]);
    fn(); fn(u8) -> u8; unsafe extern \"C\" fn(u8, ...); for<'a> fn(&'a u8) -> &'a u8; NonNull<u8>; NonNull<str>;
    Unit; Mixed; Named<u8>; Named<u64>; Named<String>; Tail<u8>; Tail<u64>; Tail<[u8; 3]>; Tail<[u8]>; Tail<str>;
    Tail<dyn Trait>; TailClone<u8>; TailClone<u64>; TailDeep<u8>; TailDeep<[u16]>; TailOut<Range<u16>>;
    TailTarget<&'static u8>; TailTarget<Rc<str>>;
    C1; CEmpty; CPacked; CPacked2; Packed; Aligned; CAligned; Transparent<u32>; Transparent<bool>;
    Transparent<&'static u8>; Niches; NicheMiddle; Uninhabited; WithZst;
    Never0; One; OneField; Two; Three; Big; Nested; Discriminants; Wide; Consts; U8; I16; U64; Isize; U128; CEnum; U8Data;
    CData; CU8Data; U8Never; U8OnlyNever; SomeNever; AllNever; AbsentZst; Refs<'static>; PointerOr<'static>; NicheWithData;
    NicheWithDataEnd; NicheTwo; AlignedEnum; Many; Generic<u8, u8>; Generic<u8, u64>; Generic<bool, bool>;
    Generic<String, u8>; Generic<(), ()>; Generic<!, u8>; Generic<u16, !>; Generic<!, !>; Generic<&'static str, u32>;
    U1; UPair; UNiche; UZst; UC; UPacked; USame; F32x4; U8x16; U8x3; PackedU8x3; F64x8; Ptrx2;
    Ranged; RangedEnd; RangedWide; Pat1; Pat2; Pat3; Pat4; Pat5; Result<Pat1, ()>;
    Ordering; Result<(), ()>; Result<u8, !>; Result<!, u8>; Result<u32, String>; Result<String, u32>;
    Result<Vec<u8>, io::Error>; Result<Box<u8>, Box<dyn Any>>; Option<Option<Option<bool>>>; Option<Option<&'static u8>>;
    UnsafeCell<bool>; UnsafeCell<&'static u8>; Cell<bool>; RefCell<u8>; RefCell<String>; OnceCell<u32>;
    MaybeUninit<bool>; MaybeUninit<&'static u8>; ManuallyDrop<bool>; PhantomData<u64>; PhantomPinned; Pin<Box<u8>>;
    NonZeroU8; NonZeroI16; NonZeroU32; NonZeroI64; NonZeroU128; NonZeroUsize; Duration; Instant; std::time::SystemTime;
    String; Vec<u8>; Vec<()>; VecDeque<u8>; HashMap<u8, u8>; BTreeMap<u8, String>; BTreeSet<u8>; BinaryHeap<u8>;
    LinkedList<u8>; Rc<u8>; Rc<str>; Rc<dyn Trait>; Arc<[u8]>; Weak<u8>; Mutex<u8>; Mutex<String>; RwLock<bool>;
    Mutex<[u8]>; RefCell<dyn Trait>; Cow<'static, str>; Cow<'static, [u8]>; Range<u8>; RangeInclusive<u32>;
    io::Error; io::ErrorKind; net::IpAddr; net::SocketAddr; net::Ipv6Addr; path::PathBuf; path::Path; thread::Thread;
    thread::JoinHandle<u8>; fmt::Error; fmt::Arguments<'static>; std::panic::Location<'static>; std::any::TypeId;
    std::alloc::Layout; std::alloc::LayoutError; std::env::VarError; std::num::IntErrorKind; std::str::Utf8Error;
    std::string::FromUtf8Error; std::vec::IntoIter<u8>; std::slice::Iter<'static, u8>; std::str::Chars<'static>;
    std::iter::Peekable<std::str::Chars<'static>>; std::iter::Chain<Range<u8>, Range<u8>>; std::char::ToUppercase;
    std::sync::mpsc::Sender<u8>; std::sync::mpsc::RecvTimeoutError; std::process::Command; std::process::ExitStatus;
    std::fs::Metadata; std::ffi::CString; std::ffi::OsString; std::task::Poll<u8>; std::task::Waker; std::ops::Bound<u8>;
    std::ops::ControlFlow<u8, bool>; std::collections::hash_map::Entry<'static, u8, u8>; std::path::Component<'static>;
    std::ptr::DynMetadata<dyn Trait>; std::arch::x86_64::__m128i; std::arch::x86_64::__m256d; std::arch::x86_64::__m512i;
    Box<u8, &'static std::alloc::Global>; Vec<u8, std::alloc::System>; std::alloc::Global;
    ClosureEmpty; ClosureRef; ClosureNiche; AsyncEmpty; AsyncOne; AsyncMany; Fun; AsyncNested; Co; CoMovable; Gen;
    AsyncClosure; (ClosureRef, bool); Option<AsyncOne>; unsafe<'a> &'a u8
";

/// Types to wrap, one by one, in each of `WRAPPERS`.
const WRAPPED: &str = "
    u8; bool; char; u64; u128; &'static u8; &'static str; NonZeroU16; (u8, u32); [u16; 3]; Ordering; String; !; ();
    Option<u8>; Option<bool>; f32; F32x4; Named<bool>; Big; Three; U1; fn(); *const u8; Niches; ClosureNiche; AsyncOne
";

const WRAPPERS: &str = "
    Option<@>; Option<Option<@>>; Result<@, u8>; Result<@, @>; (@, bool, u16); Generic<@, u32>; Generic<u8, @>; Named<@>;
    UnsafeCell<@>; MaybeUninit<@>; Option<Cell<@>>; Option<(u16, @)>; Tail<@>; Option<Tail<@>>
";

fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(';').map(str::trim).filter(|entry| !entry.is_empty())
}

/// All the types.
pub fn all() -> Vec<String> {
    // An array's `;` is not a separator.
    let protect = |list: &str| {
        let mut out = String::new();
        let mut depth = 0;
        for letter in list.chars() {
            depth += i32::from(letter == '[') - i32::from(letter == ']');
            out.push(if letter == ';' && depth > 0 { '\u{1}' } else { letter });
        }
        out
    };
    let mut all: Vec<String> = entries(&protect(TYPES)).map(str::to_owned).collect();
    for wrapper in entries(WRAPPERS) {
        all.extend(entries(&protect(WRAPPED)).map(|inner| wrapper.replace('@', inner)));
    }
    all.iter().map(|entry| entry.replace('\u{1}', ";")).collect()
}
