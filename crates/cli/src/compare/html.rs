//! The comparison as a page of its own: the table, and a picture of build time against run time.

use super::figures;
use super::measure::{Counts, Row, Verdict};
use super::table;
use std::fmt::Write;

const STYLE: &str = "\
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2024; --dim: #5c656e; --line: #d9dde1; --panel: #f6f7f8;
  --bad: #b3261e; --c0: #0b62c4; --c1: #b45309; --c2: #0f766e; --c3: #8b2fc9; --c4: #a3195b; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181b; --ink: #e6e8ea; --dim: #9aa4ad; --line: #343a40;
  --panel: #1d2125; --bad: #ff8a80; --c0: #6cb2ff; --c1: #ffb454; --c2: #4fd1c0; --c3: #cf9bff; --c4: #ff8fc0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; color: var(--dim); max-width: 80ch; }
svg { width: 100%; height: auto; display: block; background: var(--panel); border: 1px solid var(--line);
  border-radius: 6px; margin-top: 1rem; }
svg text { fill: var(--ink); font-size: 13px; } svg .dim { fill: var(--dim); font-size: 12px; }
.grid { stroke: var(--line); } .front { stroke: var(--dim); fill: none; stroke-dasharray: 4 4; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .35rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--dim); font-weight: 600; } th:first-child, td:first-child, th:last-child, td:last-child { text-align: left; }
.best { font-weight: 700; } .bad { color: var(--bad); }
.key { display: inline-block; width: .75em; height: .75em; border-radius: 50%; margin-right: .4em; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto; }
";

/// How many colours there are.
const COLORS: usize = 5;

/// The page.
pub fn page(title: &str, rows: &[Row], counts: Counts) -> String {
    let names = compilers(rows);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<title>{0}: compilers compared</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{0}: \
         compilers compared</h1>\n",
        escape(title)
    );
    for line in table::legend(rows, counts) {
        let _ = writeln!(out, "<p>{}</p>", escape(&line));
    }
    out += "<p>";
    for (index, name) in names.iter().enumerate() {
        let _ = write!(
            out,
            "<span class=\"key\" style=\"background:var(--c{})\"></span>{} &nbsp; ",
            index % COLORS,
            escape(name)
        );
    }
    out += "</p>\n";
    out += &picture(rows, &names);
    out += "<h2>All figures</h2>\n<div class=\"scroll\"><table>\n<thead><tr>";
    for head in table::HEADS {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out += "</tr></thead>\n<tbody>\n";
    for (cells, row) in table::marked(rows).iter().zip(rows) {
        out += if row.is_bad() { "<tr class=\"bad\">" } else { "<tr>" };
        for cell in cells {
            let class = if cell.ends_with('*') { " class=\"best\"" } else { "" };
            let _ = write!(out, "<td{class}>{}</td>", escape(cell));
        }
        out += "</tr>\n";
    }
    out += "</tbody></table></div>\n";
    for row in rows {
        let (word, text) = match &row.verdict {
            Verdict::Different(lines) => ("differs", lines.join("\n")),
            Verdict::Failed(message) => ("failed", message.clone()),
            _ => continue,
        };
        let name = escape(&row.configuration.name());
        let _ = writeln!(out, "<h2 class=\"bad\">{name} {word}</h2>\n<pre>{}</pre>", escape(&text));
    }
    out + "</body>\n</html>\n"
}

/// Who compiles, in the order of the rows.
fn compilers(rows: &[Row]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        if !names.contains(&row.configuration.who.as_str()) {
            names.push(&row.configuration.who);
        }
    }
    names
}

/// A row in the picture.
struct Point<'a> {
    row: &'a Row,
    build: f64,
    run: f64,
    /// Nothing else both builds and runs faster.
    is_best: bool,
}

fn points(rows: &[Row]) -> Vec<Point<'_>> {
    let found = rows.iter().filter(|row| !matches!(row.verdict, Verdict::Failed(_)));
    let all: Vec<(&Row, f64, f64)> =
        found.filter_map(|row| Some((row, row.cold.median()?, row.wall.median()?))).collect();
    let is_best = |build: f64, run: f64| {
        let is_better = |&(row, other_build, other_run): &(&Row, f64, f64)| {
            let is_as_good = other_build <= build && other_run <= run;
            !row.is_bad() && is_as_good && (other_build < build || other_run < run)
        };
        !all.iter().any(is_better)
    };
    all.iter()
        .map(|&(row, build, run)| Point { row, build, run, is_best: !row.is_bad() && is_best(build, run) })
        .collect()
}

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 520.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 130.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 60.0;

/// One axis: logarithmic, from the least to the greatest value, with some room.
struct Axis {
    least: f64,
    greatest: f64,
}

impl Axis {
    fn new(values: impl Iterator<Item = f64>) -> Axis {
        let (least, greatest) = values.fold((f64::INFINITY, 0.0_f64), |(a, b), value| (a.min(value), b.max(value)));
        let (least, greatest) = (least.max(1e-6) * 0.8, greatest.max(1e-6) * 1.25);
        Axis { least, greatest }
    }

    /// Where a value is, from 0 to 1.
    fn place(&self, value: f64) -> f64 {
        (value.max(1e-6) / self.least).ln() / (self.greatest / self.least).ln()
    }

    /// Round values along it.
    fn ticks(&self) -> Vec<f64> {
        let steps: &[f64] = if self.greatest / self.least > 100.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let steps = if self.greatest / self.least < 4.0 {
            &[1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0][..]
        } else {
            steps
        };
        let decades = (-6..6).map(|power| 10_f64.powi(power));
        let all = decades.flat_map(|decade| steps.iter().map(move |step| step * decade));
        all.filter(|value| (self.least..=self.greatest).contains(value)).collect()
    }
}

/// Build time against run time, both on logarithmic axes.
fn picture(rows: &[Row], names: &[&str]) -> String {
    let points = points(rows);
    if points.is_empty() {
        return String::new();
    }
    let across = Axis::new(points.iter().map(|it| it.build));
    let up = Axis::new(points.iter().map(|it| it.run));
    let x = |build: f64| LEFT + across.place(build) * (WIDTH - LEFT - RIGHT);
    let y = |run: f64| HEIGHT - BOTTOM - up.place(run) * (HEIGHT - TOP - BOTTOM);
    let mut out =
        format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Build time against run time\">\n");
    for tick in across.ticks() {
        let at = x(tick);
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{TOP}\" y2=\"{}\"/><text class=\"dim\" x=\"{at:.1}\" y=\"{}\" \
             text-anchor=\"middle\">{}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 20.0,
            figures::time(tick)
        );
    }
    for tick in up.ticks() {
        let at = y(tick);
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text class=\"dim\" x=\"{}\" y=\"{:.1}\" \
             text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0,
            figures::time(tick)
        );
    }
    let _ = writeln!(
        out,
        "<text class=\"dim\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">cold build, less is better →</text>\n<text class=\"dim\" \
         x=\"16\" y=\"{TOP}\" dy=\"-10\">run time, less is better</text>",
        LEFT + (WIDTH - LEFT - RIGHT) / 2.0,
        HEIGHT - 14.0
    );
    let mut front: Vec<&Point<'_>> = points.iter().filter(|it| it.is_best).collect();
    front.sort_by(|a, b| a.build.total_cmp(&b.build));
    let path: Vec<String> = front.iter().map(|it| format!("{:.1},{:.1}", x(it.build), y(it.run))).collect();
    let _ = writeln!(out, "<polyline class=\"front\" points=\"{}\"/>", path.join(" "));
    // Labels that would lie upon each other move down.
    let mut order: Vec<&Point<'_>> = points.iter().collect();
    order.sort_by(|a, b| y(a.run).total_cmp(&y(b.run)));
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for point in order {
        let (cx, cy) = (x(point.build), y(point.run));
        let color = names.iter().position(|name| *name == point.row.configuration.who).unwrap_or_default() % COLORS;
        let mut at = cy + 4.0;
        while taken.iter().any(|(tx, ty)| (tx - cx).abs() < 110.0 && (ty - at).abs() < 14.0) {
            at += 3.0;
        }
        taken.push((cx, at));
        let (fill, weight) = match point.is_best {
            true => (format!("var(--c{color})"), " font-weight=\"700\""),
            false => ("none".to_owned(), ""),
        };
        let name = escape(&point.row.configuration.name());
        let (build, run) = (figures::time(point.build), figures::time(point.run));
        let lead = if (at - cy - 4.0).abs() > 6.0 {
            format!(
                "<line class=\"grid\" x1=\"{cx:.1}\" y1=\"{cy:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
                cx + 10.0,
                at - 4.0
            )
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "{lead}<g><title>{name}: built in {build}, runs {run}</title><circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"6\" \
             fill=\"{fill}\" stroke=\"var(--c{color})\" stroke-width=\"2\"/><text x=\"{:.1}\" y=\"{at:.1}\"{weight}>{name}</text></g>",
            cx + 11.0
        );
    }
    out + "</svg>\n<p>Filled: nothing else both builds and runs faster.</p>\n"
}

/// A text as HTML has it, between tags and in attributes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{COUNTS, rows};
    use super::{Axis, page, points};

    #[test]
    fn it_is_whole_and_marks_the_best() {
        let page = page("a<b", &rows(), COUNTS);
        assert!(
            page.contains("<title>a&lt;b: compilers compared")
                && page.contains("+&lt;2&gt;")
                && page.contains("no &amp; such")
        );
        // All in one file.
        assert!(!page.contains("http") && !page.contains("<script") && !page.contains("src="));
        for tag in ["svg", "g", "table", "tr", "td", "p", "text", "pre", "body"] {
            assert_eq!(
                page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count(),
                page.matches(&format!("</{tag}>")).count(),
                "{tag}"
            );
        }
        let rows = rows();
        let best: Vec<bool> = points(&rows).iter().map(|it| it.is_best).collect();
        // What gives another result is no choice, and what failed is not there.
        assert_eq!(best, [true, true, false]);
    }

    #[test]
    fn axes_have_ticks() {
        for values in [[1.0, 1.0], [0.001, 100.0], [0.3, 0.5]] {
            let axis = Axis::new(values.into_iter());
            assert!(axis.ticks().len() >= 2, "{values:?}");
            assert!(values.iter().all(|value| (0.0..=1.0).contains(&axis.place(*value))), "{values:?}");
        }
    }
}
