// A pane: one stage of what the source becomes.

import { copyText, el, seconds, size } from "./dom.js";
import { about, backendOf, commandOf, configurationOf, stageOf, state } from "./state.js";
import { askCompile, askShow } from "./api.js";
import { VirtualList } from "./virtual.js";
import { profile, samplesOfFunction, share, wantsProfile } from "./profile.js";
import { hueOf, isLit, lightLine, lit, paint } from "./highlight.js";

const rowHeight = 19;
const arrowLanes = 6;

export class Pane {
  constructor(settings, hooks) {
    this.stage = settings.stage;
    this.backend = settings.backend;
    this.level = settings.level;
    this.target = settings.target || "";
    this.syntax = settings.syntax || "intel";
    this.focus = settings.focus || "";
    this.focusName = settings.focusName || settings.focus || "";
    this.hooks = hooks;
    // What was compiled last without fault, what was before that, and what is shown of it.
    this.compiled = null;
    this.listing = { rows: [], files: [], left_out: 0 };
    this.before = null;
    this.failure = null;
    this.asked = 0;
    this.current = -1;
    this.arrows = [];
    this.build();
  }

  // What was compiled, in words.
  describe() {
    const { stage, backend, level, target } = this.made || configurationOf(this);
    return `${stageOf(stage).label} · ${backend} · -O ${level}${target ? ` · ${target}` : ""}`;
  }

  get number() {
    return state.panes.indexOf(this);
  }

  build() {
    const select = (name, label, options, change) => {
      const element = el("select", { "aria-label": label, name, onchange: () => change(element.value) });
      for (const [value, text, title] of options) element.append(el("option", { value, text, title }));
      return element;
    };
    const change = (key) => (value) => {
      this[key] = value;
      this.syncControls();
      this.hooks.changed();
      this.compile();
    };
    this.stageSelect = select("stage", "Stage", about.stages.map((it) => [it.name, it.label, it.about]), change("stage"));
    this.backendSelect = select("backend", "Back end", about.backends.map((it) => [it, it]), change("backend"));
    this.levelSelect = select("level", "Optimisation", about.levels.map((it) => [it, `-O ${it}`]), change("level"));
    const triples = [["", "this machine"], ...about.targets.map((it) => [it, it.replace(/-unknown-/, "-")])];
    this.targetSelect = select("target", "Target", triples, change("target"));
    this.syntaxButton = el("button", {
      class: "small",
      "aria-label": "Syntax of assembly",
      onclick: () => {
        this.syntax = this.syntax === "intel" ? "att" : "intel";
        this.syncControls();
        this.hooks.changed();
        this.show();
      },
    });
    this.chip = el("button", { class: "chip", onclick: () => this.hooks.focus("", "") });
    this.time = el("span", { class: "quiet time" });
    this.banner = el("div", { class: "banner", role: "alert", hidden: true });
    this.code = el("div", { class: "code", tabindex: "0", role: "listbox", "aria-label": "Code" });
    this.svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.svg.setAttribute("class", "arrows");
    this.svg.setAttribute("aria-hidden", "true");
    this.element = el("article", { class: "pane" },
      el("div", { class: "head" },
        this.stageSelect, this.backendSelect, this.levelSelect, this.targetSelect, this.syntaxButton,
        el("span", { class: "grow" }), this.time,
        this.commandButton = el("button", { class: "small icon command", title: "Copy the command that shows this on a terminal", "aria-label": "Copy as command", text: "›_", onclick: () => copyText(commandOf(this), "Command") }),
        this.closeButton = el("button", { class: "small icon", "aria-label": "Close this pane", text: "×", onclick: () => this.hooks.close(this) }),
      ),
      this.chip, this.banner, this.code,
    );
    this.list = new VirtualList(this.code, rowHeight, (index, row) => this.renderRow(index, row), (first, last) => this.drawArrows(first, last));
    this.list.space.append(this.svg);
    const keyAt = (event) => {
      const part = event.target.closest?.(".part");
      if (part) return part.dataset.key;
      const row = event.target.closest?.(".row");
      return row ? this.keyOf(Number(row.dataset.index)) : "";
    };
    this.code.addEventListener("mousemove", (event) => lightLine("hovered", keyAt(event), this));
    this.code.addEventListener("mouseleave", () => lightLine("hovered", "", this));
    this.code.addEventListener("click", (event) => {
      const row = event.target.closest?.(".row");
      if (row) this.choose(Number(row.dataset.index), event.target.closest(".part")?.dataset.key);
    });
    this.code.addEventListener("keydown", (event) => this.key(event));
    this.syncControls();
  }

  syncControls() {
    this.stageSelect.value = this.stage;
    this.backendSelect.value = backendOf(this);
    this.levelSelect.value = this.level;
    this.backendSelect.disabled = Boolean(stageOf(this.stage).backend) || this.stage === "expanded";
    this.levelSelect.disabled = this.stage === "expanded";
    this.targetSelect.value = about.targets.includes(this.target) ? this.target : "";
    this.targetSelect.disabled = this.stage === "expanded";
    // What no command shows.
    this.commandButton.hidden = this.stage === "expanded" && about.kind === "package";
    this.syntaxButton.hidden = this.stage !== "asm";
    this.syntaxButton.textContent = this.syntax === "intel" ? "Intel" : "AT&T";
    this.chip.hidden = !this.focus || this.stage === "expanded";
    this.chip.replaceChildren(el("span", { text: this.focusName }), el("span", { class: "cross", text: "×", "aria-hidden": "true" }));
    this.chip.setAttribute("aria-label", `Only ${this.focusName}; show all functions`);
    const name = `${stageOf(this.stage).label} by ${backendOf(this)} at -O ${this.level}`;
    this.element.setAttribute("aria-label", name);
    this.code.setAttribute("aria-label", `Code: ${name}`);
    this.element.dataset.stage = this.stage;
  }

  // Compiles, and shows that; what was shown stays until there is something better.
  async compile() {
    const asked = (this.asked += 1);
    this.element.classList.add("busy");
    this.hooks.busy();
    const configuration = configurationOf(this);
    const answer = await askCompile(state.source, configuration, this.id);
    if (asked !== this.asked) return;
    this.element.classList.remove("busy");
    if (answer.failed?.reason === "replaced") return;
    if (answer.failed) {
      this.fail(answer.failed);
    } else {
      // What was compiled already is no change.
      if (this.compiled && this.compiled.key !== answer.ok.key) this.before = { compiled: this.compiled, listing: this.listing, name: this.describe(), made: this.made };
      this.compiled = answer.ok;
      this.made = configuration;
      this.compiled.library = !/\bfn main\s*\(/.test(state.source);
      this.failure = null;
      this.time.textContent = seconds(answer.ok.seconds);
      await this.show();
    }
    this.hooks.compiled(this);
  }

  fail(failure) {
    this.failure = failure;
    const errors = failure.diagnostics.filter((it) => it.level === "error").length;
    const kept = this.compiled ? " The last good result is shown." : "";
    const message = failure.message ? failure.message + kept : (errors ? `The source has ${errors === 1 ? "an error" : `${errors} errors`}.${kept}` : `Nothing was compiled.${kept}`);
    this.banner.textContent = message;
    this.banner.dataset.reason = failure.reason;
    this.banner.classList.toggle("mild", failure.reason === "program" && errors > 0);
    this.banner.hidden = false;
    this.element.classList.toggle("stale", Boolean(this.compiled));
  }

  // The number of the function in the list that is looked at, as near as names tell; null: all; undefined: it is not there.
  focused() {
    if (!this.focus || this.stage === "expanded") return null;
    const { functions } = this.compiled;
    const index = findFunction(functions, this.focus, this.focusName);
    return index < 0 ? undefined : index;
  }

  async show() {
    if (!this.compiled) return;
    const { compiled } = this;
    const index = this.focused();
    let answer;
    if (index === undefined) {
      const text = `// ${this.focusName} has no code of its own here: it is inlined where it is used, or nothing uses it.`;
      answer = { rows: [{ text }], files: [], left_out: 0 };
    } else {
      answer = await askShow(compiled.key, index, this.stage === "asm" ? this.syntax : "");
      if (compiled !== this.compiled) return;
      if (answer.failed?.reason === "gone" && !this.retried) {
        this.retried = true;
        await this.compile();
        return;
      }
      if (answer.failed) return void this.fail(answer.failed);
      answer = answer.ok;
    }
    this.retried = false;
    this.banner.hidden = true;
    this.element.classList.remove("stale");
    this.setListing(answer);
  }

  setListing(listing) {
    this.listing = listing;
    if (listing.left_out) {
      listing.rows.push({ text: "" }, { text: `// … and ${listing.left_out} functions more: choose one in the list.` });
    }
    this.countSamples();
    this.widest = listing.rows.reduce((most, row) => Math.max(most, row.text.length), 0);
    this.list.space.style.minWidth = `calc(${Math.min(this.widest, 2000)}ch + 110px)`;
    this.arrows = this.stage === "asm" ? branches(listing.rows) : [];
    this.element.classList.toggle("with-arrows", this.arrows.length > 0);
    this.current = -1;
    const top = this.code.scrollTop;
    this.list.setCount(listing.rows.length, true);
    this.code.scrollTop = top;
    this.element.dataset.rows = listing.rows.length;
    this.hooks.listed(this);
  }

  keyOf(index) {
    const row = this.listing.rows[index];
    return row && row.line ? `${this.listing.files[row.file]}:${row.line}` : "";
  }

  renderRow(index, element) {
    const row = this.listing.rows[index];
    const key = this.keyOf(index);
    element.setAttribute("role", "option");
    element.id = `p${this.id}-r${index}`;
    element.setAttribute("aria-selected", index === this.current ? "true" : "false");
    if (row.kind) element.classList.add(row.kind);
    if (index === this.current) element.classList.add("current");
    if (key) {
      element.style.setProperty("--hue", hueOf(this.listing.files[row.file], row.line));
      element.classList.add("placed");
      if (row.file !== 0) element.classList.add("inlined");
      element.dataset.key = key;
      element.title = key;
      if (!row.parts) element.classList.toggle("lit", isLit(key));
    }
    if (this.stage === "asm" && row.kind !== "function") element.append(el("span", { class: "offset", text: row.offset === undefined ? "" : row.offset.toString(16) }));
    if (this.stage === "asm" && wantsProfile()) element.append(this.heatOf(row));
    const text = el("span", { class: "text" });
    if (row.kind) text.textContent = row.text;
    else if (row.parts) this.renderParts(text, row);
    else paint(text, row.text, this.stage === "asm");
    element.append(text);
  }

  // How often an instruction was the one that ran.
  heatOf(row) {
    const count = row.samples || 0;
    const element = el("span", { class: "heat", text: count ? share(count) : "" });
    element.style.setProperty("--heat", count ? count / profile.result.samples : 0);
    return element;
  }

  // Puts what was seen beside the instructions.
  countSamples() {
    if (!wantsProfile()) return;
    let offsets = null;
    for (const row of this.listing.rows) {
      if (row.symbol) offsets = samplesOfFunction(this, row.symbol);
      row.samples = offsets && row.offset !== undefined ? offsets[row.offset] || 0 : 0;
    }
  }

  // What several lines of the source have become one of.
  renderParts(text, row) {
    paint(text, row.text.slice(0, row.parts[0].at), false);
    row.parts.forEach((part, index) => {
      const key = this.keyOfPart(part);
      const element = el("span", { class: "part", "data-key": key, title: key });
      element.style.setProperty("--hue", hueOf(this.listing.files[part.file], part.line));
      element.classList.toggle("lit", isLit(key));
      paint(element, row.text.slice(part.at, row.parts[index + 1]?.at), false);
      text.append(element);
    });
  }

  keyOfPart({ file, line }) {
    return `${this.listing.files[file]}:${line}`;
  }

  relight(kind, from) {
    for (const element of this.list.rows.values()) {
      const parts = element.querySelectorAll(".part");
      for (const part of parts) part.classList.toggle("lit", isLit(part.dataset.key));
      if (element.dataset.key && parts.length === 0) element.classList.toggle("lit", isLit(element.dataset.key));
    }
    if (kind !== "pinned" || from === this || !lit.pinned) return;
    const isThere = (row, at) => (row.parts ? row.parts.some((part) => this.keyOfPart(part) === lit.pinned) : this.keyOf(at) === lit.pinned);
    const index = this.listing.rows.findIndex(isThere);
    if (index >= 0) this.list.reveal(index, true);
  }

  // Chooses a row; or a part of it, which is of another line.
  choose(index, part) {
    this.current = Math.max(0, Math.min(this.listing.rows.length - 1, index));
    const key = part || this.keyOf(this.current);
    this.list.reveal(this.current);
    this.list.refresh();
    this.code.setAttribute("aria-activedescendant", `p${this.id}-r${this.current}`);
    if (key) lightLine("pinned", key, this);
    const target = this.arrows.find((arrow) => arrow.from === this.current);
    this.branch = target ? target.to : -1;
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.code.clientHeight / rowHeight) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in steps) this.choose(this.current + steps[event.key]);
    else if (event.key === "Home") this.choose(0);
    else if (event.key === "End") this.choose(this.listing.rows.length - 1);
    else if (event.key === "Enter" && this.branch >= 0) this.choose(this.branch);
    else return;
    event.preventDefault();
  }

  // Arrows from branches to where they lead, as far as they are seen.
  drawArrows(first, last) {
    this.svg.replaceChildren();
    if (this.arrows.length === 0) return;
    const width = arrowLanes * 7 + 8;
    const right = width + 2;
    for (const arrow of this.arrows) {
      const top = Math.min(arrow.from, arrow.to);
      const bottom = Math.max(arrow.from, arrow.to);
      if (bottom < first || top > last) continue;
      const y1 = arrow.from * rowHeight + rowHeight / 2;
      const y2 = arrow.to * rowHeight + rowHeight / 2;
      const x = right - 6 - (arrow.lane + 1) * 7;
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", `M${right} ${y1}H${x + 3}Q${x} ${y1} ${x} ${y1 + Math.sign(y2 - y1) * 3}V${y2 - Math.sign(y2 - y1) * 3}Q${x} ${y2} ${x + 3} ${y2}H${right}m-4 -3l4 3l-4 3`);
      path.setAttribute("class", arrow.to < arrow.from ? "back" : "on");
      this.svg.append(path);
    }
  }
}

let paneIds = 0;

export function newPane(settings, hooks) {
  const pane = new Pane(settings, hooks);
  pane.id = paneIds += 1;
  lit.listeners.push((kind, from) => pane.relight(kind, from));
  profile.listeners.push(() => {
    pane.countSamples();
    pane.list.refresh();
  });
  return pane;
}

// Branches of assembly: labels are a function's own.
export function branches(rows) {
  const arrows = [];
  let labels = new Map();
  let jumps = [];
  const finish = () => {
    for (const [from, label] of jumps) if (labels.has(label)) arrows.push({ from, to: labels.get(label), lane: 0 });
    labels = new Map();
    jumps = [];
  };
  rows.forEach((row, index) => {
    if (row.kind === "function") finish();
    else if (row.kind === "label") labels.set(row.text.replace(/:$/, ""), index);
    else {
      const match = /^\s+(?:j\w+|loop\w*|b(?:\.\w+|eq|ne|lt|ge|gt|le|ltu|geu|eqz|nez|lez|gez)?|cbn?z|tbn?z|xbegin)\s.*?(\.L\d+)\s*$/.exec(row.text.replace(/\s+\/\/.*$/, ""));
      if (match) jumps.push([index, match[1]]);
    }
  });
  finish();
  // Short ones are nearest to the code; those that share a part of the way have lanes of their own.
  const byLength = [...arrows].sort((a, b) => Math.abs(a.from - a.to) - Math.abs(b.from - b.to));
  const lanes = Array.from({ length: arrowLanes }, () => []);
  for (const arrow of byLength) {
    const top = Math.min(arrow.from, arrow.to);
    const bottom = Math.max(arrow.from, arrow.to);
    const free = lanes.findIndex((lane) => lane.every(([from, to]) => bottom < from || top > to));
    arrow.lane = free < 0 ? arrowLanes - 1 : free;
    lanes[arrow.lane].push([top, bottom]);
  }
  return arrows;
}

// A function by its symbol or its name. MIR's names lack the crate, and have no arguments of instances.
export function findFunction(functions, symbol, name) {
  const bare = (it) => (it.generic || it.name).replace(/^<?[a-z_][a-z0-9_]*::/, (crate) => (crate.startsWith("<") ? "<" : ""));
  const tests = [
    (it) => it.symbol === symbol,
    (it) => it.name === name,
    (it) => it.own && bare(it) === name,
    (it) => it.own && it.name === bare({ name }),
  ];
  for (const test of tests) {
    const index = functions.findIndex(test);
    if (index >= 0) return index;
  }
  return -1;
}

export function sizeOf(pane, entry) {
  return size(entry.size, pane.compiled.unit);
}
