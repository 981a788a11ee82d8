// Where the program spends its time: a flame graph, the lines that take most of it, and samples beside source and assembly.

import { byId, el, plural, seconds } from "./dom.js";
import { about, configurationOf, state } from "./state.js";
import { askProfile, sameConfiguration } from "./api.js";
import { lightLine } from "./highlight.js";

// What was seen last, of which configuration and source; what the graph begins with.
export const profile = { result: null, failure: null, of: null, source: "", path: [], asked: 0, busy: false, lines: new Map(), listeners: [] };

const flameRow = 22;
const mostHotLines = 40;

// Builds and runs the program as the first pane has it.
export async function takeProfile(hooks) {
  const asked = (profile.asked += 1);
  const configuration = configurationOf(state.panes[0]);
  const { source } = state;
  profile.busy = true;
  showProfile(hooks);
  const answer = await askProfile(source, configuration);
  if (asked !== profile.asked) return;
  profile.busy = false;
  profile.failure = answer.failed || null;
  if (answer.ok) {
    Object.assign(profile, { result: answer.ok, of: configuration, source, path: [] });
    profile.lines = new Map(answer.ok.lines.map((it) => [`${it.file}:${it.line}`, it]));
    for (const listener of profile.listeners) listener();
  }
  showProfile(hooks);
}

// Whether what was seen is of what is shown now.
function isCurrent() {
  const pane = state.panes[0];
  return profile.result && profile.source === state.source && sameConfiguration({ ...profile.of, stage: "" }, { ...configurationOf(pane), stage: "" });
}

export function share(count) {
  const percent = (100 * count) / Math.max(1, profile.result.samples);
  return percent >= 10 ? `${Math.round(percent)} %` : `${percent.toFixed(1)} %`;
}

// Samples of a source line; nothing where there are none, or the source is another.
export function samplesOfLine(key) {
  return profile.result && profile.source === state.source ? profile.lines.get(key) : undefined;
}

// Samples of the instructions of a function, as this pane's code has them.
export function samplesOfFunction(pane, symbol) {
  if (!profile.result || profile.source !== state.source || !pane.made || pane.stage !== "asm") return null;
  if (!sameConfiguration({ ...profile.of, stage: "" }, { ...pane.made, stage: "" })) return null;
  const found = profile.result.functions[symbol];
  const entry = found && pane.compiled.functions.find((it) => it.symbol === symbol);
  // What the linker has changed is not compared.
  return entry && entry.size === found.size ? found.offsets : null;
}

export function showProfile(hooks) {
  const root = byId("view-profile");
  if (state.view !== "profile") return;
  if (!profile.result && !profile.failure && !profile.busy) return void takeProfile(hooks);
  const { result } = profile;
  const pane = state.panes[0];
  const again = el("button", { class: "small", id: "profile-again", text: profile.busy ? "Running …" : "Run again", disabled: profile.busy, onclick: () => takeProfile(hooks) });
  const words = profile.busy ? "The program is built and run …" : profile.failure ? "" : `${plural(result.samples, "sample")}, ${seconds(result.seconds)} of processor time. ${result.end}`;
  const note = result && !profile.busy && !isCurrent() ? "This is of an earlier source or another first pane." : "";
  const head = el("div", { class: "head" }, el("h2", { text: "Profile" }), el("span", { class: "quiet", text: pane.describe().replace(/^[^·]*· /, "") }), el("span", { class: "grow" }), el("span", { class: "quiet", role: "status", text: words }), again);
  const parts = [head];
  if (note) parts.push(el("div", { class: "banner mild", text: note }));
  if (profile.failure) parts.push(el("div", { class: "banner", role: "alert", text: profile.failure.message || "The source has errors." }));
  if (result && result.samples === 0) parts.push(el("p", { class: "empty", text: "It was over before anything was seen." }));
  root.replaceChildren(...parts);
  if (!result || result.samples === 0) return;
  const body = el("div", { class: "profile-body" });
  root.append(body);
  drawFlame(body, hooks);
  body.append(el("h3", { text: "Lines that take most of it" }), lineTable());
}

// The part of the graph that was chosen, and how it is reached.
function flameTrail() {
  const trail = [profile.result.flame];
  for (const index of profile.path) trail.push(trail[trail.length - 1].children[index]);
  return trail;
}

function drawFlame(body, hooks) {
  const trail = flameTrail();
  const choose = (path) => {
    profile.path = path;
    showProfile(hooks);
    byId("view-profile").querySelector(".flame [data-depth]")?.focus({ preventScroll: true });
  };
  const crumbs = el("nav", { class: "crumbs", "aria-label": "Where this is" }, ...trail.map((it, depth) => el("button", { text: depth === 0 ? "all" : it.name, "aria-current": depth === trail.length - 1 ? "true" : null, onclick: () => choose(profile.path.slice(0, depth)) })));
  const flame = el("div", { class: "flame", role: "group", "aria-label": "Functions by who calls them" });
  body.append(crumbs, flame);
  const { width } = flame.getBoundingClientRect();
  let deepest = 0;
  const place = (node, path, x, wide, depth) => {
    if (wide < 2) return;
    deepest = Math.max(deepest, depth);
    const label = `${node.name}, ${share(node.samples)}`;
    const own = node.samples - node.children.reduce((sum, child) => sum + child.samples, 0);
    const bar = el("button", {
      class: "flame-bar", "data-depth": String(depth), "aria-label": label, title: `${node.name}\n${share(node.samples)}, ${share(own)} of its own`,
      onclick: () => {
        if (node.symbol !== "all" && path.length === profile.path.length) hooks.focus(node.symbol, node.name);
        choose(path);
      },
    });
    bar.style.cssText = `left:${x}px;top:${depth * flameRow}px;width:${Math.max(1, wide - 1)}px`;
    bar.style.setProperty("--hue", hueOfFunction(node.name));
    if (wide > 40) bar.append(el("span", { text: node.name }));
    flame.append(bar);
    let at = x;
    node.children.forEach((child, index) => {
      const span = (wide * child.samples) / node.samples;
      place(child, [...path, index], at, span, depth + 1);
      at += span;
    });
  };
  place(trail[trail.length - 1], profile.path, 0, width, 0);
  flame.style.height = `${(deepest + 1) * flameRow}px`;
}

// Warm colours, the same for the same crate and nearly for the same function.
function hueOfFunction(name) {
  let seed = 5;
  for (const c of name) seed = (seed * 33 + c.codePointAt(0)) % 997;
  return 28 + (seed % 55);
}

function lineTable() {
  const rows = profile.result.lines.slice(0, mostHotLines).map((it) => {
    const key = `${it.file}:${it.line}`;
    return el("tr", {},
      el("td", { class: "n", text: share(it.own) }), el("td", { class: "n quiet", text: share(it.total) }),
      el("td", { class: "bar" }, el("span", { style: `width:${(100 * it.own) / profile.result.samples}%` })),
      el("th", { scope: "row" }, el("button", { class: "small place", text: key, title: "Show the line", onclick: () => lightLine("pinned", key, null) })));
  });
  return el("table", { class: "timeline hot-lines" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "n", text: "Own" }), el("th", { scope: "col", class: "n", text: "With calls" }), el("th", { scope: "col" , text: "" }), el("th", { scope: "col", text: "Line" }))),
    el("tbody", {}, ...rows));
}

export function wantsProfile() {
  return Boolean(about.profile);
}
