// Two panes, function by function; or one pane and what it was before the last change.

import { byId, el, plural } from "./dom.js";
import { state } from "./state.js";
import { askShow } from "./api.js";
import { paint } from "./highlight.js";

const diff = { left: "", right: "", open: "", asked: 0 };

// More lines than these are compared by their places only.
const mostLines = 4000;

function sides() {
  const all = [];
  state.panes.forEach((pane, index) => {
    if (!pane.compiled) return;
    all.push({ id: `${index}`, compiled: pane.compiled, pane, name: `${index + 1}: ${pane.describe()}` });
    if (pane.before) all.push({ ...pane.before, id: `${index}-before`, pane, name: `${index + 1}, before: ${pane.before.name}` });
  });
  return all;
}

// The functions of a listing: their names, and their lines without what differs by place only.
export function functionsOf(listing) {
  const found = [];
  let current = null;
  for (const row of listing.rows) {
    if (row.kind === "function") {
      current = { name: row.text.replace(/:$/, ""), rows: [] };
      found.push(current);
    } else if (current && row.text !== "") {
      current.rows.push(row);
    }
  }
  for (const it of found) it.instructions = it.rows.filter((row) => row.kind !== "label" && !/^\s*(;|\/\/)/.test(row.text)).length;
  return found;
}

// The differences of two lists of lines: pairs of which one may be missing. By the shortest way to change one into the other
// (Myers), but for what both begin and end with.
export function differences(left, right) {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const a = left.slice(start, left.length - end);
  const b = right.slice(start, right.length - end);
  const pairs = [];
  for (let index = 0; index < start; index += 1) pairs.push([index, index]);
  for (const [x, y] of changes(a, b)) pairs.push([x === null ? null : x + start, y === null ? null : y + start]);
  for (let index = end; index > 0; index -= 1) pairs.push([left.length - index, right.length - index]);
  return pairs;
}

function changes(a, b) {
  if (a.length + b.length > mostLines) {
    const most = Math.max(a.length, b.length);
    return Array.from({ length: most }, (_, index) => [index < a.length ? index : null, index < b.length ? index : null])
      .flatMap(([x, y]) => (x !== null && y !== null && a[x] !== b[y] ? [[x, null], [null, y]] : [[x, y]]));
  }
  const trace = [];
  const furthest = new Map([[1, 0]]);
  search: for (let depth = 0; depth <= a.length + b.length; depth += 1) {
    trace.push(new Map(furthest));
    for (let k = -depth; k <= depth; k += 2) {
      const down = k === -depth || (k !== depth && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
      let x = down ? furthest.get(k + 1) ?? 0 : (furthest.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      furthest.set(k, x);
      if (x >= a.length && y >= b.length) break search;
    }
  }
  const pairs = [];
  let x = a.length;
  let y = b.length;
  for (let depth = trace.length - 1; depth >= 0 && (x > 0 || y > 0); depth -= 1) {
    const before = trace[depth];
    const k = x - y;
    const down = k === -depth || (k !== depth && (before.get(k - 1) ?? -1) < (before.get(k + 1) ?? -1));
    const previous = down ? k + 1 : k - 1;
    const px = depth === 0 ? 0 : before.get(previous) ?? 0;
    const py = depth === 0 ? 0 : px - previous;
    while (x > px && y > py && x > 0 && y > 0 && a[x - 1] === b[y - 1]) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    if (depth === 0) break;
    if (down) {
      y -= 1;
      pairs.push([null, y]);
    } else {
      x -= 1;
      pairs.push([x, null]);
    }
  }
  return pairs.reverse();
}

async function listingOf(side) {
  const { pane } = side;
  const answer = await askShow(side.compiled.key, null, pane.stage === "asm" ? pane.syntax : "");
  // What is not kept any more was shown once.
  return answer.ok || side.listing || pane.listing;
}

export async function showDiff() {
  const root = byId("view-diff");
  const all = sides();
  if (all.length < 2) {
    root.replaceChildren(el("p", { class: "empty", text: "There is one version of the code. Add a pane with another back end or level, or change the source, and see here what differs." }));
    return;
  }
  const pick = (id, otherwise) => all.find((side) => side.id === id) || otherwise;
  const left = pick(diff.left, all[0]);
  // What is made in the same way but for one thing is what people compare.
  const like = (side) => side.id !== left.id && side.pane.stage === left.pane.stage;
  const right = pick(diff.right, all.find((side) => like(side) && side.pane !== left.pane) || all.find(like) || all.find((side) => side !== left));
  const select = (label, side, key) => el("select", { "aria-label": label, onchange: (event) => { diff[key] = event.target.value; showDiff(); } },
    ...all.map((it) => el("option", { value: it.id, text: it.name, selected: it.id === side.id })));
  const asked = (diff.asked += 1);
  const [leftListing, rightListing] = await Promise.all([listingOf(left), listingOf(right)]);
  if (asked !== diff.asked) return;
  const rows = compare(functionsOf(leftListing), functionsOf(rightListing));
  const sum = (side) => rows.reduce((all_, row) => all_ + (row[side]?.instructions || 0), 0);
  const word = left.pane.stage === "asm" && right.pane.stage === "asm" ? "instruction" : "line";
  const table = el("table", { class: "diff-table" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col", text: "Function" }), el("th", { scope: "col", class: "n", text: "Left" }), el("th", { scope: "col", class: "n", text: "Right" }), el("th", { scope: "col", class: "n", text: "Change" }))),
    el("tbody", {}, ...rows.slice(0, 500).map((row) => tableRow(row, word))),
    el("tfoot", {}, el("tr", {}, el("th", { scope: "row", text: plural(rows.length, "function") }), el("td", { class: "n", text: sum("left") }), el("td", { class: "n", text: sum("right") }), changeCell(sum("left"), sum("right")))),
  );
  const detail = el("div", { class: "diff-lines", tabindex: "0", "aria-label": "Differences of one function" });
  root.replaceChildren(
    el("div", { class: "head" }, select("Left", left, "left"), el("span", { class: "quiet", text: "against" }), select("Right", right, "right"), el("span", { class: "grow" }), el("span", { class: "quiet", text: `counts are of ${word}s, of this crate's functions` })),
    el("div", { class: "diff-body" }, el("div", { class: "table-box" }, table), detail),
  );
  const chosen = rows.find((row) => row.name === diff.open) || rows.find((row) => row.differs) || rows[0];
  if (chosen) showLines(chosen, detail);
}

// The functions of both sides: those that differ first. MIR's names lack the crate.
function compare(left, right) {
  const rows = new Map(left.map((it) => [it.name, { name: it.name, left: it }]));
  for (const it of right) {
    const row = rows.get(it.name) || { name: it.name };
    row.right = it;
    rows.set(it.name, row);
  }
  const text = (it) => it?.rows.map((row) => row.text).join("\n");
  for (const row of rows.values()) row.differs = text(row.left) !== text(row.right);
  const weight = (row) => Math.abs((row.left?.instructions || 0) - (row.right?.instructions || 0));
  return [...rows.values()].sort((a, b) => b.differs - a.differs || weight(b) - weight(a) || (a.name < b.name ? -1 : 1));
}

function changeCell(before, after) {
  const change = (after || 0) - (before || 0);
  const percent = before && after ? ` (${change > 0 ? "+" : "−"}${Math.abs(Math.round((100 * change) / before))} %)` : "";
  const text = change === 0 ? "0" : `${change > 0 ? "+" : "−"}${Math.abs(change)}${percent}`;
  return el("td", { class: `n ${change > 0 ? "more" : change < 0 ? "less" : ""}`, text });
}

function tableRow(row) {
  const open = () => {
    diff.open = row.name;
    for (const it of byId("view-diff").querySelectorAll("tr.chosen")) it.classList.remove("chosen");
    element.classList.add("chosen");
    showLines(row, byId("view-diff").querySelector(".diff-lines"));
  };
  const element = el("tr", { class: row.differs ? "differs" : "same", onclick: open },
    el("td", {}, el("button", { class: "plain", text: row.name, title: row.name, onclick: open })),
    el("td", { class: "n", text: row.left ? row.left.instructions : "–" }),
    el("td", { class: "n", text: row.right ? row.right.instructions : "–" }),
    row.differs ? changeCell(row.left?.instructions, row.right?.instructions) : el("td", { class: "n quiet", text: "the same" }));
  return element;
}

function showLines(row, root) {
  diff.open = row.name;
  const left = row.left?.rows || [];
  const right = row.right?.rows || [];
  const pairs = differences(left.map((it) => it.text), right.map((it) => it.text));
  const line = (mark, kind, text) => {
    const element = el("div", { class: `line ${kind}` }, el("span", { class: "sign", text: mark }));
    const content = el("span", { class: "text" });
    paint(content, text, true);
    element.append(content);
    return element;
  };
  const shown = pairs.slice(0, 3000).map(([x, y]) => {
    if (x !== null && y !== null) return line(" ", "same", left[x].text);
    return x !== null ? line("−", "gone", left[x].text) : line("+", "new", right[y].text);
  });
  root.replaceChildren(el("h3", { text: row.name }), ...shown);
}
