// Where the time of a compilation went, and what went to another back end.

import { byId, el, plural, seconds } from "./dom.js";
import { state } from "./state.js";

export function showBuild() {
  const root = byId("view-build");
  const sections = state.panes.filter((pane) => pane.compiled).map(buildOf);
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
