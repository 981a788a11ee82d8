//@ lir: option
//@ lir: result
//@ rustc: -Copt-level=3
pub fn option(x: Option<u32>, y: Option<u32>) -> Option<u32> {
    Some(x? ^ y?)
}

pub struct Error(pub u8);

pub fn result(x: Result<u64, u8>) -> Result<u64, Error> {
    impl From<u8> for Error {
        fn from(x: u8) -> Error {
            Error(x)
        }
    }
    Ok(x? ^ 1)
}
