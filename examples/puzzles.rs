//! Work with whole numbers: primes by a sieve, queens by bit masks, sudoku, edit distance, a hash. The argument is how much.
//@ bench
//@ args: 1

use std::hash::{BuildHasherDefault, Hasher};

fn sieve(limit: usize) -> (usize, usize) {
    let mut composite = vec![false; limit + 1];
    let (mut count, mut last) = (0, 0);
    for n in 2..=limit {
        if composite[n] {
            continue;
        }
        (count, last) = (count + 1, n);
        composite.iter_mut().skip(n * n).step_by(n).for_each(|flag| *flag = true);
    }
    (count, last)
}

fn queens(all: u32, columns: u32, left: u32, right: u32) -> u32 {
    if columns == all {
        return 1;
    }
    let mut free = all & !(columns | left | right);
    let mut count = 0;
    while free != 0 {
        let bit = free & free.wrapping_neg();
        free ^= bit;
        count += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    count
}

#[derive(Clone)]
struct Sudoku {
    cells: [u8; 81],
    /// Digits that are taken, by row, column and box.
    taken: [[u16; 9]; 3],
    steps: u32,
}

impl Sudoku {
    fn parse(text: &str) -> Option<Sudoku> {
        let mut sudoku = Sudoku { cells: [0; 81], taken: [[0; 9]; 3], steps: 0 };
        for (cell, c) in text.chars().enumerate().filter(|(_, c)| *c != '.') {
            sudoku.toggle(cell, c.to_digit(10)? as u8);
        }
        Some(sudoku)
    }

    fn units(cell: usize) -> [usize; 3] {
        [cell / 9, cell % 9, cell / 27 * 3 + cell % 9 / 3]
    }

    fn toggle(&mut self, cell: usize, digit: u8) {
        for (taken, unit) in self.taken.iter_mut().zip(Self::units(cell)) {
            taken[unit] ^= 1 << digit;
        }
        self.cells[cell] = if self.cells[cell] == 0 { digit } else { 0 };
    }

    fn candidates(&self, cell: usize) -> u16 {
        let [row, column, square] = Self::units(cell);
        0x3fe & !(self.taken[0][row] | self.taken[1][column] | self.taken[2][square])
    }

    fn solve(&mut self) -> bool {
        self.steps += 1;
        let empty = (0..81).filter(|&cell| self.cells[cell] == 0);
        let Some(cell) = empty.min_by_key(|&cell| self.candidates(cell).count_ones()) else { return true };
        let candidates = self.candidates(cell);
        for digit in (1..=9).filter(|digit| candidates & 1 << digit != 0) {
            self.toggle(cell, digit);
            if self.solve() {
                return true;
            }
            self.toggle(cell, digit);
        }
        false
    }
}

fn edit_distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[derive(Default)]
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    }
}

fn main() {
    let size: usize = std::env::args().nth(1).map_or(18, |n| n.parse().expect("how much"));
    println!("{:?}", sieve(3_000_000 * size / 5));
    println!("{:?}", (4..=8 + size.ilog2()).map(|n| queens((1 << n) - 1, 0, 0, 0)).collect::<Vec<_>>());

    let puzzle = "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..";
    let sudoku = Sudoku::parse(puzzle).expect("digits and dots");
    let mut steps = 0;
    for round in 0..size {
        let mut sudoku = sudoku.clone();
        let solved = sudoku.solve();
        steps += sudoku.steps;
        if round == 0 {
            let digits = sudoku.cells.map(|digit| char::from(b'0' + digit));
            digits.chunks(27).for_each(|rows| println!("{}", rows.iter().collect::<String>()));
            println!("{solved}");
        }
    }
    println!("{steps} steps");

    let text = |seed: u32, length: usize| -> Vec<u8> {
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        std::iter::successors(Some(seed), next).map(|state| b'a' + (state >> 24) as u8 % 6).take(length).collect()
    };
    let (a, b) = (text(1, 1500 * size), text(2, 1400 * size));
    println!("{}", edit_distance(&a, &b));

    let mut counts = std::collections::HashMap::<&[u8], u32, BuildHasherDefault<Fnv>>::default();
    a.windows(5).for_each(|part| *counts.entry(part).or_default() += 1);
    let most = counts.iter().max_by_key(|(part, count)| (**count, std::cmp::Reverse(**part)));
    println!("{} {:?}", counts.len(), most.map(|(part, count)| (String::from_utf8_lossy(part), count)));
}
