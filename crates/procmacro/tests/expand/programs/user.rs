//! Uses the macros; what they report is printed.

extern crate macros;

use macros::{Probe, probe, probed, shape};

const BANG: &str = probe! {
    a+=b; 'x: loop { break 'x r#fn } /* no */ "string" 'c' b"bytes" cr#"c"# 1_000u64 -2.5
    /// doc "quoted" \ ä
    äöü ..= :: -> => <<= ( [ { } ] ) x.y.0.1 #![inner] $z !a
};

macro_rules! via {
    ($e:expr, $l:lifetime, $i:ident, $t:ty, $x:tt) => {
        shape!($e $l $i $t $x)
    };
}

const SHAPE: &str = via!(1 + 2, 'a, r#x, Vec<u8>, (y));

#[derive(Probe)]
#[help(1)]
struct S<'a, T: Clone> {
    /// A field
    #[more]
    pub(crate) f: &'a [T; 2],
}

#[probed(some, "args" + 1)]
fn f<T>(x: &mut T) -> Vec<Vec<T>> where T: Sized {
    //! inner
    vec![vec![]]
}

fn main() {
    print!("{BANG}\n#####\n{SHAPE}\n#####\n{DERIVE}\n#####\n{ATTRIBUTE}");
}
