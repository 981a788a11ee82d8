pub const NOTHING: u8 = 0;
