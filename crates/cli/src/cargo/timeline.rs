//! What `--report html` writes: a build as a page of its own, with the time from left to right.

use super::report::{name, seconds};
use crate::compare::html::escape;
use serde_json::Value;
use std::fmt::Write;

const STYLE: &str = "\
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2024; --dim: #5c656e; --line: #d9dde1; --panel: #f6f7f8;
  --rustc: #b45309; --code: #0b62c4; --link: #8b2fc9; --rest: #0f766e; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181b; --ink: #e6e8ea; --dim: #9aa4ad; --line: #343a40;
  --panel: #1d2125; --rustc: #ffb454; --code: #6cb2ff; --link: #cf9bff; --rest: #4fd1c0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 84rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; color: var(--dim); max-width: 90ch; }
.key { display: inline-block; width: .75em; height: .75em; border-radius: 2px; margin: 0 .4em 0 1em; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-variant-numeric: tabular-nums; font-size: .85rem; }
th, td { padding: .15rem .5rem; text-align: left; font-weight: 400; border-bottom: 1px solid var(--line); }
thead th { color: var(--dim); font-weight: 600; }
th:first-child { width: 16rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.n { width: 6rem; text-align: right; }
.track { position: relative; height: 1.1rem; } .unit { position: absolute; top: 0; bottom: 0; display: flex; min-width: 2px;
  border-radius: 2px; overflow: hidden; background: var(--line); }
.rustc { background: var(--rustc); } .code { background: var(--code); } .link { background: var(--link); } .rest { background: var(--rest); }
svg { width: 100%; height: 5rem; display: block; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; }
svg path { fill: var(--code); opacity: .6; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto; font-size: .85rem; }
";

/// The kinds of stages: their class, and what they are.
const KINDS: [(&str, &str); 4] =
    [("rustc", "rustc"), ("code", "code generation"), ("link", "linking"), ("rest", "everything else of Bessemer's")];

/// What a stage is, by its name.
fn kind(stage: &str) -> &'static str {
    match stage {
        _ if stage.contains("rustc") => "rustc",
        "code generation" => "code",
        "link" => "link",
        _ => "rest",
    }
}

/// A unit on the timeline: from when to when, in seconds since the build began.
struct Span<'a> {
    unit: &'a Value,
    from: f64,
    to: f64,
}

impl Span<'_> {
    fn stages(&self) -> impl Iterator<Item = (&str, f64)> {
        let stages = self.unit["report"]["stages"].as_array().into_iter().flatten();
        stages.map(|stage| (stage["name"].as_str().unwrap_or_default(), stage["time"].as_f64().unwrap_or_default()))
    }
}

/// The page. `began` is when the build did, in seconds since 1970, as units say it of themselves; `text` is the report as text.
pub fn page(units: &[Value], began: f64, total: f64, text: &str) -> String {
    let mut spans: Vec<Span<'_>> = units
        .iter()
        .map(|unit| {
            // Clocks may be set meanwhile: nothing lies outside of the build.
            let from = (unit["began"].as_f64().unwrap_or(began) - began).clamp(0.0, total);
            Span { unit, from, to: (from + seconds(unit)).min(total) }
        })
        .collect();
    spans.sort_by(|a, b| a.from.total_cmp(&b.from).then_with(|| name(a.unit).cmp(name(b.unit))));
    let steps = steps(&spans);
    let most = steps.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let sum = |wanted: Option<&str>| -> f64 {
        let stages = spans.iter().flat_map(Span::stages);
        stages.filter(|(stage, _)| wanted.is_none_or(|wanted| kind(stage) == wanted)).map(|(_, time)| time).sum()
    };
    let all = sum(None);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<title>Timeline of a build</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{total:.2} s for {} \
         unit{}</h1>\n",
        spans.len(),
        if spans.len() == 1 { "" } else { "s" }
    );
    if spans.is_empty() {
        out += "<p>Nothing was compiled.</p>\n</body>\n</html>\n";
        return out;
    }
    let _ = writeln!(
        out,
        "<p>rustc has {:.0} % of the {all:.2} s that the units took together. At most {most} of them were at work at once. \
         Build scripts, procedural macros and what they need are rustc's and cargo's, and are not among the units.</p>",
        100.0 * sum(Some("rustc")) / all.max(f64::MIN_POSITIVE)
    );
    out += "<p>";
    for (class, words) in KINDS {
        let time = sum(Some(class));
        let _ = write!(out, "<span class=\"key {class}\"></span>{words} {time:.2} s");
    }
    out += "</p>\n<h2>Units at work at once</h2>\n";
    out += &picture(&steps, total, most);
    out += "<h2>Units</h2>\n<p>In the order in which they began; their stages in the order in which they ended.</p>\n<table>\n\
            <thead><tr><th scope=\"col\">Unit</th><th scope=\"col\" class=\"n\">Began</th><th scope=\"col\" class=\"n\">Took</th>\
            <th scope=\"col\">Stages</th></tr></thead>\n<tbody>\n";
    for span in &spans {
        write_row(&mut out, span, total);
    }
    let _ = write!(out, "</tbody>\n</table>\n<h2>Report</h2>\n<pre>{}</pre>\n</body>\n</html>\n", escape(text.trim()));
    out
}

fn write_row(out: &mut String, span: &Span<'_>, total: f64) {
    let percent = |time: f64, of: f64| 100.0 * time / of.max(f64::MIN_POSITIVE);
    let label = escape(name(span.unit));
    let _ = write!(
        out,
        "<tr><th scope=\"row\" title=\"{label}\">{label}</th><td class=\"n\">{:.3} s</td><td class=\"n\">{:.3} s</td>\
         <td><div class=\"track\"><div class=\"unit\" style=\"left:{:.3}%;width:{:.3}%\">",
        span.from,
        seconds(span.unit),
        percent(span.from, total),
        percent(span.to - span.from, total)
    );
    for (stage, time) in span.stages().filter(|(_, time)| *time > 0.0) {
        let _ = write!(
            out,
            "<span class=\"{}\" style=\"width:{:.3}%\" title=\"{}: {time:.3} s\"></span>",
            kind(stage),
            percent(time, seconds(span.unit)),
            escape(stage)
        );
    }
    out.push_str("</div></div></td></tr>\n");
}

/// From when on how many units are at work.
fn steps(spans: &[Span<'_>]) -> Vec<(f64, usize)> {
    let mut events: Vec<(f64, bool)> = spans.iter().flat_map(|span| [(span.from, true), (span.to, false)]).collect();
    // One that ends makes room for one that begins then.
    events.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut count = 0usize;
    events
        .into_iter()
        .map(|(time, begins)| {
            count = if begins { count + 1 } else { count.saturating_sub(1) };
            (time, count)
        })
        .collect()
}

fn picture(steps: &[(f64, usize)], total: f64, most: usize) -> String {
    let (width, height) = (1000.0, 100.0);
    let x = |time: f64| width * time / total.max(f64::MIN_POSITIVE);
    let y = |count: usize| height - 0.9 * height * count as f64 / most.max(1) as f64;
    let mut path = format!("M0 {height}");
    for (time, count) in steps {
        let _ = write!(path, "H{:.2}V{:.2}", x(*time), y(*count));
    }
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"How many units were at work at \
         each time: at most {most}\"><path d=\"{path}V{height}Z\"/></svg>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::page;
    use serde_json::{Value, json};

    fn unit(name: &str, began: f64, stages: &[(&str, f64)]) -> Value {
        let stages: Vec<Value> = stages.iter().map(|(name, time)| json!({ "name": name, "time": time })).collect();
        json!({ "unit": name, "began": began, "report": { "stages": stages } })
    }

    #[test]
    fn units_lie_where_they_were() {
        let units = [
            unit("b", 101.0, &[("check (rustc)", 1.0), ("code generation", 1.5), ("link", 0.5)]),
            unit("a<b>", 100.0, &[("check (rustc)", 2.0)]),
        ];
        let page = page(&units, 100.0, 4.0, "the text & all");
        assert!(page.find("a&lt;b&gt;").expect("a") < page.find(">b</th>").expect("b"), "in order");
        assert!(page.contains("left:25.000%;width:75.000%"), "{page}");
        assert!(page.contains("class=\"code\" style=\"width:50.000%\" title=\"code generation: 1.500 s\""), "{page}");
        assert!(page.contains("rustc has 60 % of the 5.00 s") && page.contains("At most 2 of them"), "{page}");
        assert!(page.contains("the text &amp; all") && !page.contains("src=") && !page.contains("http"), "{page}");
    }

    #[test]
    fn what_a_clock_says_wrongly_stays_within() {
        let page = page(&[unit("a", 50.0, &[("link", 9.0)])], 100.0, 4.0, "");
        assert!(page.contains("left:0.000%;width:100.000%"), "{page}");
        assert!(super::page(&[], 1.0, 1.0, "").contains("Nothing was compiled"));
    }
}
