// The list of functions: searched, instances of a generic together, and what is known of one.

import { byId, el, plural, seconds, size } from "./dom.js";
import { about, backendOf, configurationOf, state } from "./state.js";
import { askNotInlined, askWhy } from "./api.js";
import { lightLine } from "./highlight.js";
import { VirtualList } from "./virtual.js";

export const functionList = { pane: null, lines: [], open: new Set(), chosen: "", order: "size", list: null, own: false };

export function startFunctions(hooks) {
  const root = byId("functions");
  functionList.hooks = hooks;
  functionList.search = el("input", {
    type: "search", id: "function-search", placeholder: "Find a function", "aria-label": "Find a function", spellcheck: "false", autocomplete: "off",
    oninput: () => fillFunctions(),
    onkeydown: (event) => {
      if (event.key === "ArrowDown") {
        functionList.rows.focus();
        event.preventDefault();
      }
    },
  });
  functionList.sort = el("select", { "aria-label": "Order", onchange: () => { functionList.order = functionList.sort.value; fillFunctions(); } },
    el("option", { value: "size", text: "by size" }), el("option", { value: "name", text: "by name" }));
  functionList.ownBox = el("input", { type: "checkbox", onchange: () => { functionList.own = functionList.ownBox.checked; fillFunctions(); } });
  functionList.count = el("span", { class: "quiet", role: "status" });
  functionList.rows = el("div", { class: "rows", role: "tree", tabindex: "0", "aria-label": "Functions" });
  functionList.detail = el("div", { class: "detail", hidden: true });
  root.append(
    el("div", { class: "head" }, el("h2", { text: "Functions" }), el("span", { class: "grow" }), functionList.count),
    el("div", { class: "filters" }, functionList.search, el("div", { class: "line" }, functionList.sort, el("label", {}, functionList.ownBox, " this crate only"))),
    functionList.rows, functionList.detail,
  );
  functionList.list = new VirtualList(functionList.rows, 26, renderFunction);
  functionList.rows.addEventListener("click", (event) => {
    const row = event.target.closest?.(".row");
    if (row) activateFunction(Number(row.dataset.index));
  });
  functionList.cursor = -1;
  functionList.rows.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[event.key];
    if (step) moveCursor(functionList.cursor + step);
    else if (event.key === "Enter" || event.key === " ") activateFunction(functionList.cursor);
    else return;
    event.preventDefault();
  });
}

function moveCursor(index) {
  functionList.cursor = Math.max(0, Math.min(functionList.lines.length - 1, index));
  functionList.list.reveal(functionList.cursor);
  functionList.list.refresh();
}

// The functions of a pane: the one that was compiled last with sizes in bytes, if there is one.
export function fillFunctions(pane) {
  if (pane) functionList.pane = pane;
  const { compiled } = functionList.pane || {};
  if (!compiled) return;
  const wanted = functionList.search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map();
  let count = 0;
  compiled.functions.forEach((entry, index) => {
    const text = entry.name.toLowerCase();
    if (functionList.own && !entry.own) return;
    if (!wanted.every((word) => text.includes(word))) return;
    count += 1;
    const name = entry.generic || entry.name;
    const group = groups.get(name) || { name, entries: [], size: 0 };
    group.entries.push(index);
    group.size += entry.size;
    groups.set(name, group);
  });
  const order = functionList.order === "size" ? (a, b) => b.size - a.size || (a.name < b.name ? -1 : 1) : (a, b) => (a.name < b.name ? -1 : 1);
  const lines = [];
  for (const group of [...groups.values()].sort(order)) {
    if (group.entries.length === 1) {
      lines.push({ index: group.entries[0] });
      continue;
    }
    lines.push({ group });
    if (functionList.open.has(group.name)) {
      const inside = group.entries.map((index) => ({ index, inside: true }));
      const sizes = compiled.functions;
      lines.push(...inside.sort((a, b) => sizes[b.index].size - sizes[a.index].size));
    }
  }
  functionList.lines = lines;
  functionList.count.textContent = count === compiled.functions.length ? plural(count, "function") : `${count.toLocaleString("en")} of ${compiled.functions.length.toLocaleString("en")}`;
  functionList.list.setCount(lines.length, true);
}

function renderFunction(index, element) {
  const line = functionList.lines[index];
  const { functions, unit } = functionList.pane.compiled;
  element.setAttribute("role", "treeitem");
  element.classList.toggle("cursor", index === functionList.cursor);
  const entry = line.group ? null : functions[line.index];
  const name = line.group ? line.group.name : entry.name;
  element.title = name;
  if (line.group) {
    const open = functionList.open.has(name);
    element.classList.add("group");
    element.setAttribute("aria-expanded", String(open));
    element.append(el("span", { class: "twist", text: open ? "▾" : "▸", "aria-hidden": "true" }));
  } else {
    if (line.inside) element.classList.add("inside");
    const chosen = state.panes.some((pane) => pane.focus === (entry.symbol || entry.name));
    element.setAttribute("aria-selected", String(chosen));
    if (chosen) element.classList.add("chosen");
  }
  element.append(el("span", { class: "name" }, el("bdi", { text: name })));
  if (line.group) element.append(el("span", { class: "times", text: `× ${line.group.entries.length}` }));
  element.append(el("span", { class: "size", text: size(line.group ? line.group.size : entry.size, unit) }));
}

function activateFunction(index) {
  const line = functionList.lines[index];
  if (!line) return;
  functionList.cursor = index;
  if (line.group) {
    const { name } = line.group;
    if (!functionList.open.delete(name)) functionList.open.add(name);
    fillFunctions();
    return;
  }
  const entry = functionList.pane.compiled.functions[line.index];
  functionList.hooks.focus(entry.symbol || entry.name, entry.name);
  showDetail(entry);
  functionList.list.refresh();
}

// What is known of a function.
export function showDetail(entry) {
  const { detail, pane } = functionList;
  const { report, unit } = pane.compiled;
  const fallback = (report?.fallbacks || []).find((it) => it.function === entry.symbol);
  const facts = [
    ["Size", size(entry.size, unit)],
    ["Crate", entry.crate || "none of Rust's"],
    ["Made by", fallback ? `${fallback.backend}: ${report.backend} lacks ${fallback.construct}` : report?.backend || pane.backend],
    ...workOf(entry, pane),
    ["Symbol", entry.symbol || "none: MIR is generic"],
  ];
  const why = question("Why is this here?", "why", entry, () => askWhy(state.source, configurationOf(pane), entry.symbol), ({ chain }) => {
    if (chain.length === 0) return ["Nothing that Bessemer compiles leads to it."];
    return [el("p", { class: "quiet", text: chain.length === 1 ? "Everything begins with it: it is asked for from outside." : "The shortest chain, each referring to the next:" }),
      el("ol", { class: "chain" }, ...chain.map((name) => el("li", { text: name })))];
  });
  detail.hidden = false;
  detail.replaceChildren(
    el("h3", { text: entry.name }),
    el("dl", {}, ...facts.flatMap(([term, fact]) => [el("dt", { text: term }), el("dd", { text: fact })])),
    ...why, ...notInlined(entry, pane),
  );
}

// A button that asks something of a function, and where the answer goes.
function question(text, kind, entry, asks, show) {
  const result = el("div", { class: kind, role: "status" });
  const ask = el("button", {
    class: "small", text, disabled: !entry.symbol,
    onclick: async () => {
      result.textContent = "Looking …";
      const answer = await asks();
      if (answer.failed) result.textContent = answer.failed.message || "It cannot be told while the source has errors.";
      else result.replaceChildren(...show(answer.ok));
    },
  });
  return [ask, result];
}

// How long a function took, and why it was made now; nothing where that is not known.
function workOf(entry, pane) {
  const { work } = entry;
  if (!work) return [];
  if (work.seconds === undefined) return [["Generated", "no: it was in the cache"]];
  const time = work.seconds < 0.001 ? `${Math.max(1, Math.round(work.seconds * 1e6))} µs` : seconds(work.seconds);
  const alone = work.together === 1;
  const { before } = pane;
  const differ = before ? ["backend", "level", "target"].filter((key) => before.made[key] !== pane.made[key]) : [];
  const comparable = before && before.made.stage === pane.made.stage;
  const old = comparable ? before.compiled.functions.find((it) => it.symbol === entry.symbol) : null;
  const words = { backend: "the back end", level: "the level", target: "the target" };
  let why = "it was not in the cache";
  if (comparable && differ.length) why = `${differ.map((key) => words[key]).join(" and ")} changed`;
  else if (comparable && !old) why = "it is new";
  else if (old?.work && old.work.code !== work.code) why = "its code changed, or data that it refers to";
  else if (old?.work && !alone) why = `its module changed (other code, or only lines)`;
  const changed = comparable ? changedInputs(before.compiled.inputs || [], pane.compiled.inputs || []) : [];
  if (changed.length) why += `; of the inputs, ${listed(changed)} changed`;
  return [["Time", alone ? time : `${time} for the ${work.together} functions of its module: ${work.backend} makes them together`], ["Generated", `yes: ${why}`]];
}

// The files that are not what they were.
function changedInputs(before, now) {
  const old = new Map(before.map(({ file, content }) => [file, content]));
  const changed = now.filter(({ file, content }) => old.get(file) !== content).map(({ file }) => file);
  const left = new Set(now.map(({ file }) => file));
  return [...changed, ...[...old.keys()].filter((file) => !left.has(file))];
}

function listed(names) {
  return names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} others` : names.join(", ");
}

// Why calls are not inlined; nothing where the back end says nothing of it.
function notInlined(entry, pane) {
  const backend = backendOf(pane);
  if (!about.remarks.includes(backend)) return [];
  return question("Why is it not inlined?", "why not-inlined", entry, () => askNotInlined(state.source, configurationOf(pane), entry.symbol), ({ inside, of, left_out: leftOut }) => {
    const parts = [];
    if (inside.length) parts.push(el("p", { class: "quiet", text: "Calls in it that are not inlined:" }), callList(inside));
    if (of.length) parts.push(el("p", { class: "quiet", text: "Calls of it that are not inlined, by where they are:" }), callList(of));
    if (leftOut) parts.push(el("p", { class: "quiet", text: `… and ${leftOut.toLocaleString("en")} more.` }));
    if (!parts.length) parts.push(el("p", { class: "quiet", text: pane.level === "0" ? "Nothing is inlined at -O 0 but what has to be." : `${backend} names no call, in it or of it, of a function that it could have inlined and did not; calls into other modules it does not name.` }));
    return parts;
  });
}

function callList(calls) {
  return el("ul", { class: "calls" }, ...calls.map(({ name, file, line, reason }) => {
    const key = file && line ? `${file}:${line}` : "";
    const place = key && el("button", { class: "small place", text: key, title: "Show the line", onclick: () => lightLine("pinned", key, null) });
    return el("li", {}, el("span", { class: "name", text: name }), " ", place || "", el("div", { class: "quiet", text: reason }));
  }));
}
