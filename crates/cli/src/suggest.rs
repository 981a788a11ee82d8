//! The word that somebody may have meant.

/// What is added to a message about a word that is none: the one that it is closest to, if there is one that close.
pub fn closest(word: &str, known: &[&str]) -> String {
    match similar(word, known) {
        Some(known) => format!("\n  help: did you mean `{known}`?"),
        None => String::new(),
    }
}

/// The known word that is closest to another, if a third of its letters or fewer are wrong.
pub fn similar<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known.iter().map(|known| (distance(word, known), *known));
    let (distance, known) = near.min_by_key(|it| it.0)?;
    (distance <= known.chars().count().max(3) / 3).then_some(known)
}

/// How many letters are to be put in, left out, exchanged for another or for their neighbour (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (rows[i][j] + usize::from(a != b)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[test]
    fn slips_of_the_hand() {
        let known = ["build", "run", "check", "test", "link-arg"];
        for (word, meant) in [
            ("buidl", Some("build")),
            ("biuld", Some("build")),
            ("rnu", Some("run")),
            ("chekc", Some("check")),
            ("tset", Some("test")),
            ("link-agr", Some("link-arg")),
            ("publish", None),
            ("", None),
        ] {
            assert_eq!(similar(word, &known), meant, "{word}");
        }
    }
}
