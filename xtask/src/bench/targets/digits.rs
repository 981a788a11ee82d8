/// How many digits a number has, and what stands at a place of a list.
#[unsafe(no_mangle)]
pub extern "C" fn digits(number: u32) -> usize {
    let list: Vec<u8> = (0..number % 100).map(|it| it as u8).collect();
    format!("{number}").len() + list[number as usize % 50] as usize
}
