// Where the time of a compilation went, and what went to another back end.

import { byId, el, plural, seconds } from "./dom.js";
import { about, state } from "./state.js";
import { askLastBuild } from "./api.js";

// More units than these are not shown.
const mostUnits = 300;

let buildsAsked = 0;

export async function showBuild() {
  const root = byId("view-build");
  const asked = (buildsAsked += 1);
  const last = about.kind === "package" ? await askLastBuild().catch(() => null) : null;
  if (asked !== buildsAsked) return;
  const sections = state.panes.filter((pane) => pane.compiled).map(buildOf);
  if (last) sections.push(lastBuild(last));
  else if (about.kind === "package") sections.push(el("p", { class: "quiet", text: "The next `cargo bessemer build` of this package will be shown here as well." }));
  if (sections.length === 0) sections.push(el("p", { class: "empty", text: "Nothing is compiled yet." }));
  root.replaceChildren(...sections);
}

function buildOf(pane) {
  const { report, seconds: total } = pane.compiled;
  const stages = (report.stages || []).filter((stage) => stage.time > 0);
  const sum = stages.reduce((all, stage) => all + stage.time, 0) || 1;
  let start = 0;
  const bars = stages.map((stage) => {
    const share = stage.time / sum;
    const row = el("tr", {},
      el("th", { scope: "row", text: stage.name }),
      el("td", { class: "n", text: seconds(stage.time) }),
      el("td", { class: "n quiet", text: stage.count === null ? "" : `${stage.count.toLocaleString("en")} ${stage.unit}` }),
      el("td", { class: "bar" }, el("span", { class: /rustc/.test(stage.name) ? "rustc" : "ours", style: `margin-left:${(100 * start) / sum}%;width:${Math.max(0.3, 100 * share)}%`, title: `${Math.round(share * 100)} %` })));
    start += stage.time;
    return row;
  });
  const code = (report.code || []).map((it) => `${it.backend}: ${plural(it.functions, "function")}, ${it.generated.toLocaleString("en")} made now, ${it.from_cache.toLocaleString("en")} from the cache`);
  const fallbacks = report.fallbacks || [];
  return el("section", { class: "build", "aria-label": `Build of pane ${pane.number + 1}` },
    el("h3", { text: pane.describe() }),
    el("p", { class: "quiet", text: `${seconds(total)} until it was shown.${code.length ? ` ${code.join("; ")}.` : ""}` }),
    bars.length ? el("table", { class: "timeline" }, el("tbody", {}, ...bars)) : null,
    fallbacks.length ? el("details", { open: fallbacks.length < 20 }, el("summary", { text: `${plural(fallbacks.length, "function")} went to another back end` }),
      el("ul", {}, ...fallbacks.slice(0, 200).map((it) => el("li", { text: `${it.name}: ${report.backend} lacks ${it.construct}; ${it.backend} made it` })))) : null);
}

// The kinds of stages: their classes, and what they are.
const stageKinds = [["rustc", "rustc"], ["code", "code generation"], ["link", "linking"], ["ours", "everything else of Bessemer's"]];

function stageKind(name) {
  if (name.includes("rustc")) return "rustc";
  return { "code generation": "code", link: "link" }[name] || "ours";
}

// The last build outside of this page: its units with their stages, from left to right.
function lastBuild({ began, command, units, older }) {
  const spans = units.map((unit) => {
    const stages = (unit.report.stages || []).filter((stage) => stage.time > 0);
    const from = Math.max(0, unit.began - began);
    return { name: unit.unit, stages, from, time: stages.reduce((all, stage) => all + stage.time, 0) };
  });
  const total = Math.max(...spans.map((span) => span.from + span.time), 1e-9);
  const sum = (kind) => spans.flatMap((span) => span.stages).filter((stage) => !kind || stageKind(stage.name) === kind).reduce((all, stage) => all + stage.time, 0);
  const when = new Date(began * 1000).toLocaleString("en-GB");
  const rows = spans.slice(0, mostUnits).map((span) => el("tr", {},
    el("th", { scope: "row", text: span.name.replace(/-[0-9a-f]{16}$/, ""), title: span.name }),
    el("td", { class: "n quiet", text: seconds(span.from) }),
    el("td", { class: "n", text: seconds(span.time) }),
    el("td", { class: "bar" }, el("div", { class: "unit", style: `margin-left:${(100 * span.from) / total}%;width:${Math.max(0.3, (100 * span.time) / total)}%` },
      ...span.stages.map((stage) => el("span", { class: stageKind(stage.name), style: `width:${(100 * stage.time) / span.time}%`, title: `${stage.name}: ${seconds(stage.time)}` }))))));
  return el("section", { class: "build last", "aria-label": "The last build of this target folder" },
    el("h3", { text: `The last build: cargo bessemer ${command}` }),
    el("p", { class: "quiet", text: `${when}. ${seconds(total)} for ${plural(units.length, "unit")}, of whose time rustc has ${Math.round((100 * sum("rustc")) / Math.max(sum(), 1e-9))} %. Build scripts, procedural macros and what they need are rustc's, and not among the units.${older ? " A build after it found nothing to do." : ""}` }),
    el("p", { class: "kinds" }, ...stageKinds.map(([kind, words]) => el("span", {}, el("span", { class: `key ${kind}`, "aria-hidden": "true" }), `${words} ${seconds(sum(kind))}`))),
    el("table", { class: "timeline" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col", text: "Unit" }), el("th", { scope: "col", class: "n", text: "Began" }), el("th", { scope: "col", class: "n", text: "Took" }), el("th", { scope: "col", text: "Stages" }))),
      el("tbody", {}, ...rows)),
    spans.length > mostUnits ? el("p", { class: "quiet", text: `… and ${plural(spans.length - mostUnits, "unit")} more.` }) : null);
}
