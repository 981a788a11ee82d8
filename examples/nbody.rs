//! The planets' motion over a number of steps, with the energy before and after. The number is the argument.
//@ bench
//@ args: 20000

use std::f64::consts::PI;
use std::ops::{AddAssign, Mul, Sub, SubAssign};

const SOLAR_MASS: f64 = 4.0 * PI * PI;
const YEAR: f64 = 365.24;

#[derive(Clone, Copy, Default)]
struct Vector {
    x: f64,
    y: f64,
    z: f64,
}

impl Vector {
    const fn new(x: f64, y: f64, z: f64) -> Vector {
        Vector { x, y, z }
    }

    fn squared(self) -> f64 {
        self.x * self.x + self.y * self.y + self.z * self.z
    }
}

impl Sub for Vector {
    type Output = Vector;
    fn sub(self, other: Vector) -> Vector {
        Vector::new(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Mul<f64> for Vector {
    type Output = Vector;
    fn mul(self, factor: f64) -> Vector {
        Vector::new(self.x * factor, self.y * factor, self.z * factor)
    }
}

impl AddAssign for Vector {
    fn add_assign(&mut self, other: Vector) {
        *self = Vector::new(self.x + other.x, self.y + other.y, self.z + other.z);
    }
}

impl SubAssign for Vector {
    fn sub_assign(&mut self, other: Vector) {
        *self = *self - other;
    }
}

#[derive(Clone, Copy)]
struct Body {
    position: Vector,
    velocity: Vector,
    mass: f64,
}

/// Positions in astronomical units, velocities in these per day, masses in the sun's.
const fn planet(position: Vector, v: Vector, mass: f64) -> Body {
    Body { position, velocity: Vector::new(v.x * YEAR, v.y * YEAR, v.z * YEAR), mass: mass * SOLAR_MASS }
}

const BODIES: [Body; 5] = [
    planet(Vector::new(0.0, 0.0, 0.0), Vector::new(0.0, 0.0, 0.0), 1.0),
    planet(Vector::new(4.8414, -1.1603, -0.1036), Vector::new(0.00166, 0.0077, -0.000069), 0.000954),
    planet(Vector::new(8.3434, 4.1248, -0.4035), Vector::new(-0.00277, 0.005, 0.000023), 0.000286),
    planet(Vector::new(12.8944, -15.1112, -0.2233), Vector::new(0.00296, 0.00238, -0.00003), 0.0000437),
    planet(Vector::new(15.3797, -25.9193, 0.1793), Vector::new(0.00268, 0.00163, -0.000095), 0.0000515),
];

fn advance(bodies: &mut [Body; 5], step: f64) {
    for i in 0..bodies.len() {
        let (before, rest) = bodies.split_at_mut(i + 1);
        let body = &mut before[i];
        for other in rest {
            let distance = body.position - other.position;
            let squared = distance.squared();
            let magnitude = step / (squared * squared.sqrt());
            body.velocity -= distance * (other.mass * magnitude);
            other.velocity += distance * (body.mass * magnitude);
        }
    }
    for body in bodies {
        body.position += body.velocity * step;
    }
}

fn energy(bodies: &[Body]) -> f64 {
    let kinetic: f64 = bodies.iter().map(|body| 0.5 * body.mass * body.velocity.squared()).sum();
    let potential: f64 = bodies
        .iter()
        .enumerate()
        .flat_map(|(i, a)| bodies[i + 1..].iter().map(move |b| (a, b)))
        .map(|(a, b)| a.mass * b.mass / (a.position - b.position).squared().sqrt())
        .sum();
    kinetic - potential
}

fn main() {
    let steps: usize = std::env::args().nth(1).map_or(20_000_000, |n| n.parse().expect("a number of steps"));
    let mut bodies = BODIES;
    let mut momentum = Vector::default();
    for body in &bodies {
        momentum += body.velocity * body.mass;
    }
    bodies[0].velocity -= momentum * SOLAR_MASS.recip();
    println!("{:.9}", energy(&bodies));
    for _ in 0..steps {
        advance(&mut bodies, 0.01);
    }
    println!("{:.9}", energy(&bodies));
}
