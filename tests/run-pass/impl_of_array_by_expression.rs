// The length in an impl's own type is an expression whose place is that impl.

trait Name {
    fn name(&self) -> String;
}

const fn three() -> usize {
    3
}

impl Name for [u8; three() + 1] {
    fn name(&self) -> String {
        let inner = |byte: &u8| format!("<{byte}>");
        self.iter().map(inner).collect()
    }
}

fn main() {
    println!("{}", [1, 2, 3, 4].name());
}
