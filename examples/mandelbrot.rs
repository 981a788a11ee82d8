//! The Mandelbrot set as text, by rows on all threads, with a checksum. The argument is the height.
//@ bench
//@ args: 24

use std::fmt::Write;
use std::thread;

const LIMIT: u32 = 1000;
const SHADES: &[u8] = b" .:-=+*#%@";

/// Eight points of a row at a time: how many steps each stays near.
#[inline(never)]
fn escape_times(re: [f64; 8], im: f64) -> [u32; 8] {
    let (mut x, mut y) = ([0.0; 8], [0.0; 8]);
    let mut times = [0; 8];
    for _ in 0..LIMIT {
        let mut inside = false;
        for i in 0..8 {
            let (x2, y2) = (x[i] * x[i], y[i] * y[i]);
            let near = x2 + y2 <= 4.0;
            inside |= near;
            times[i] += u32::from(near);
            y[i] = 2.0 * x[i] * y[i] + im;
            x[i] = x2 - y2 + re[i];
        }
        if !inside {
            break;
        }
    }
    times
}

fn row(y: usize, width: usize, height: usize) -> Vec<u32> {
    let im = 2.4 * y as f64 / height as f64 - 1.2;
    (0..width)
        .step_by(8)
        .flat_map(|x| {
            let re = std::array::from_fn(|i| 3.2 * (x + i) as f64 / width as f64 - 2.2);
            escape_times(re, im)
        })
        .take(width)
        .collect()
}

fn shade(times: u32) -> char {
    let index = match times {
        LIMIT => SHADES.len() - 1,
        times => (times.ilog2() as usize).min(SHADES.len() - 2),
    };
    char::from(SHADES[index])
}

fn main() {
    let height: usize = std::env::args().nth(1).map_or(1600, |n| n.parse().expect("a height"));
    let width = height * 3;
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); height];
    thread::scope(|scope| {
        for (band, rows) in rows.chunks_mut(height.div_ceil(2).max(1)).enumerate() {
            scope.spawn(move || {
                for (index, place) in rows.iter_mut().enumerate() {
                    *place = row(band * height.div_ceil(2) + index, width, height);
                }
            });
        }
    });

    let step = height.div_ceil(24).max(1);
    let mut picture = String::new();
    for row in rows.iter().step_by(step) {
        let line: String = row.iter().step_by(step).map(|&times| shade(times)).collect();
        writeln!(picture, "{}", line.trim_end()).expect("strings do not fail");
    }
    print!("{picture}");
    let checksum = rows.iter().flatten().fold(0u64, |sum, &times| sum.rotate_left(5) ^ u64::from(times));
    let inside = rows.iter().flatten().filter(|&&times| times == LIMIT).count();
    println!("{inside} of {} inside, checksum {checksum:016x}", width * height);
}
