//! Matrices of constant size over any ring: products, powers, transposition and an inverse.

use std::fmt;
use std::ops::{Add, Index, IndexMut, Mul, Sub};

trait Ring: Copy + Add<Output = Self> + Mul<Output = Self> + Sub<Output = Self> {
    const ZERO: Self;
    const ONE: Self;
}

macro_rules! ring {
    ($($ty:ty: $zero:expr, $one:expr;)*) => { $(impl Ring for $ty { const ZERO: $ty = $zero; const ONE: $ty = $one; })* };
}
ring! { i64: 0, 1; f64: 0.0, 1.0; u128: 0, 1; }

#[derive(Clone, Copy, PartialEq, Debug)]
struct Matrix<T, const R: usize, const C: usize>([[T; C]; R]);

impl<T: Ring, const R: usize, const C: usize> Matrix<T, R, C> {
    fn from_fn(mut f: impl FnMut(usize, usize) -> T) -> Self {
        Matrix(std::array::from_fn(|row| std::array::from_fn(|column| f(row, column))))
    }

    fn transpose(&self) -> Matrix<T, C, R> {
        Matrix::from_fn(|row, column| self[(column, row)])
    }
}

impl<T: Ring, const N: usize> Matrix<T, N, N> {
    fn identity() -> Self {
        Matrix::from_fn(|row, column| if row == column { T::ONE } else { T::ZERO })
    }

    fn pow(mut self, mut exponent: u32) -> Self {
        let mut result = Self::identity();
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result * self;
            }
            exponent >>= 1;
            if exponent > 0 {
                self = self * self;
            }
        }
        result
    }
}

impl<const N: usize> Matrix<f64, N, N> {
    /// Gauss and Jordan, with the largest pivot.
    fn inverse(mut self) -> Option<Self> {
        let mut result = Self::identity();
        for column in 0..N {
            let pivot = (column..N).max_by(|&a, &b| self[(a, column)].abs().total_cmp(&self[(b, column)].abs()))?;
            if self[(pivot, column)].abs() < 1e-12 {
                return None;
            }
            self.0.swap(pivot, column);
            result.0.swap(pivot, column);
            let scale = self[(column, column)].recip();
            for value in self.0[column].iter_mut().chain(&mut result.0[column]) {
                *value *= scale;
            }
            for row in (0..N).filter(|&row| row != column) {
                let factor = self[(row, column)];
                for k in 0..N {
                    self[(row, k)] -= factor * self.0[column][k];
                    result[(row, k)] -= factor * result.0[column][k];
                }
            }
        }
        Some(result)
    }
}

impl<T, const R: usize, const C: usize> Index<(usize, usize)> for Matrix<T, R, C> {
    type Output = T;
    fn index(&self, (row, column): (usize, usize)) -> &T {
        &self.0[row][column]
    }
}

impl<T, const R: usize, const C: usize> IndexMut<(usize, usize)> for Matrix<T, R, C> {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut T {
        &mut self.0[row][column]
    }
}

impl<T: Ring, const R: usize, const K: usize, const C: usize> Mul<Matrix<T, K, C>> for Matrix<T, R, K> {
    type Output = Matrix<T, R, C>;
    fn mul(self, other: Matrix<T, K, C>) -> Matrix<T, R, C> {
        Matrix::from_fn(|row, column| (0..K).fold(T::ZERO, |sum, k| sum + self[(row, k)] * other[(k, column)]))
    }
}

impl<T: fmt::Display, const R: usize, const C: usize> fmt::Display for Matrix<T, R, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.0 {
            f.write_str("[")?;
            for (column, value) in row.iter().enumerate() {
                if column > 0 {
                    f.write_str(" ")?;
                }
                value.fmt(f)?;
            }
            f.write_str("]\n")?;
        }
        Ok(())
    }
}

fn main() {
    let a: Matrix<i64, 2, 3> = Matrix::from_fn(|row, column| (row * 3 + column) as i64);
    print!("{a:>3}* its transpose:\n{:>3}", a * a.transpose());
    let fibonacci = Matrix([[1u128, 1], [1, 0]]).pow(180);
    println!("F(180) = {}", fibonacci[(0, 1)]);
    let b = Matrix([[4.0, 7.0, 2.0], [3.0, 6.0, 1.0], [2.0, 5.0, 3.0]]);
    match b.inverse() {
        Some(inverse) => {
            print!("{inverse:9.5}* b:\n{:9.5}", (b * inverse).0.map(|row| row.map(|v| v.abs())).into_matrix())
        }
        None => println!("singular"),
    }
    println!("{:?}", Matrix([[1.0, 2.0], [2.0, 4.0]]).inverse());
}

trait IntoMatrix<T, const R: usize, const C: usize> {
    fn into_matrix(self) -> Matrix<T, R, C>;
}

impl<T, const R: usize, const C: usize> IntoMatrix<T, R, C> for [[T; C]; R] {
    fn into_matrix(self) -> Matrix<T, R, C> {
        Matrix(self)
    }
}
