// The page as a whole.

import { byId, copyText, el, toast } from "./dom.js";
import { about, state, stateFromHash, stateToHash } from "./state.js";
import { askAbout, askFile, isExported } from "./api.js";
import { editor, setCodedLines, showDiagnostics, showFile, sourceIs, startEditor } from "./editor.js";
import { lightLine, lit } from "./highlight.js";
import { newPane } from "./pane.js";
import { fillFunctions, functionList, startFunctions } from "./functions.js";
import { showTreemap } from "./treemap.js";
import { showDiff } from "./diff.js";
import { showBuild } from "./build.js";
import { showProfile, wantsProfile } from "./profile.js";

// So long after the last key, the source is compiled.
const pause = 350;

let timer = 0;
let edits = 0;

const hooks = {
  changed: () => keepState(),
  busy: () => showStatus(),
  compiled: (pane) => {
    showStatus();
    const problems = pane.failure ? pane.failure.diagnostics : pane.compiled.diagnostics;
    if (problems.length || !state.panes.some((it) => it.failure?.diagnostics.length)) showDiagnostics(problems);
    const sized = state.panes.find((it) => it.compiled && it.stage === "asm") || state.panes.find((it) => it.compiled && it.compiled.functions.length);
    if (sized) fillFunctions(sized);
    refreshView();
  },
  listed: () => {
    const coded = new Map();
    for (const pane of state.panes) {
      for (const row of pane.listing.rows) {
        for (const { file: number, line } of row.parts || [row]) {
          if (!line) continue;
          const file = pane.listing.files[number];
          if (!coded.has(file)) coded.set(file, new Set());
          coded.get(file).add(line);
        }
      }
    }
    setCodedLines(coded);
  },
  focus: (symbol, name) => {
    for (const pane of state.panes) {
      pane.focus = symbol;
      pane.focusName = name;
      pane.syncControls();
      pane.show();
    }
    functionList.list?.refresh();
    keepState();
  },
  close: (pane) => {
    if (state.panes.length === 1) return;
    state.panes.splice(state.panes.indexOf(pane), 1);
    pane.element.remove();
    layout();
    keepState();
  },
  view: (name) => showView(name),
};

async function start() {
  Object.assign(about, await askAbout());
  const kept = location.hash.length > 1 ? await stateFromHash(location.hash) : null;
  state.source = kept?.source ?? about.source;
  state.theme = kept?.theme || localStorageGet("theme") || "";
  state.functions = kept ? Boolean(kept.functions) : window.innerWidth >= 1600;
  byId("file-name").textContent = about.path;
  byId("file-name").title = about.path;
  byId("source-title").textContent = about.name;
  document.title = `${about.title || about.name} · Bessemer explore`;
  document.body.classList.toggle("exported", isExported);
  applyTheme();
  byId("tab-profile").hidden = !wantsProfile();
  document.body.classList.toggle("profiled", wantsProfile());
  byId("again").hidden = about.kind !== "package" || isExported;
  startEditor(state.source, edited);
  startFunctions(hooks);
  const known = (pane) => about.stages.some((it) => it.name === pane.stage) && about.backends.includes(pane.backend) && about.levels.includes(pane.level);
  const panes = (kept?.panes || about.panes).filter(known).slice(0, 4);
  state.panes = (panes.length ? panes : about.panes).map((settings) => newPane(settings, hooks));
  byId("view-code").append(...state.panes.map((pane) => pane.element));
  layout();
  showFunctions(state.functions);
  showView(kept?.view || "code");
  wire();
  compileAll();
}

function edited(text) {
  state.source = text;
  edits += 1;
  clearTimeout(timer);
  timer = setTimeout(() => {
    keepState();
    compileAll();
  }, pause);
  showStatus();
}

function compileAll() {
  for (const pane of state.panes) pane.compile();
}

// What is on the disk now: a package is edited elsewhere.
async function compileAgain() {
  if (about.kind !== "package" || isExported) return;
  Object.assign(about, await askAbout());
  sourceIs(about.source);
  if (editor.otherFile) await openFile(editor.otherFile);
  clearTimeout(timer);
  compileAll();
}

// What is chosen may come from another file.
function offerFile(from) {
  const file = lit.pinned.replace(/:\d+$/, "");
  const shown = editor.otherFile || about.name;
  const other = byId("other");
  other.hidden = file === "" || file === shown || isExported;
  other.dataset.file = file;
  other.textContent = file === about.name ? `Show ${file}` : `Open ${lit.pinned}`;
  other.title = other.textContent;
  // A package's files are all only read.
  if (from !== "editor" && !other.hidden && about.kind === "package" && !file.startsWith("/") && !file.startsWith("library/")) openFile(file);
}

async function openFile(file) {
  byId("other").hidden = true;
  if (file === about.name) {
    showFile("", "");
    return;
  }
  const pane = state.panes.find((it) => it.listing.files.includes(file)) || state.panes[0];
  const answer = await askFile(pane.compiled.key, file);
  if (answer.failed) toast(answer.failed.message);
  else showFile(file, answer.ok.text);
}

function showStatus() {
  const busy = state.panes.some((pane) => pane.element.classList.contains("busy"));
  const failed = state.panes.find((pane) => pane.failure);
  const status = byId("status");
  status.className = `status ${busy ? "busy" : failed ? "failed" : "good"}`;
  status.textContent = busy ? "Compiling …" : failed ? { time: "Cut off", crash: "Crashed", server: "No server" }[failed.failure.reason] || "Not compiled" : isExported ? "Exported" : "Compiled";
  document.body.dataset.edits = edits;
}

function layout() {
  byId("view-code").dataset.panes = state.panes.length;
  byId("add-pane").disabled = state.panes.length >= 4;
  for (const pane of state.panes) {
    pane.closeButton.disabled = state.panes.length === 1;
    pane.list.update();
  }
}

function addPane() {
  if (state.panes.length >= 4) return;
  const last = state.panes[state.panes.length - 1];
  // Something else than what is there already.
  const other = about.backends.find((name) => !state.panes.some((pane) => pane.backend === name && pane.stage === last.stage)) || last.backend;
  const level = other === last.backend ? (last.level === "0" ? "3" : "0") : last.level;
  const settings = { stage: last.stage, backend: other, level, syntax: last.syntax, focus: last.focus, focusName: last.focusName };
  const pane = newPane(settings, hooks);
  state.panes.push(pane);
  byId("view-code").append(pane.element);
  layout();
  keepState();
  pane.compile();
}

function viewNames() {
  return ["code", "size", "diff", ...(wantsProfile() ? ["profile"] : []), "build"];
}

function showView(name) {
  state.view = viewNames().includes(name) ? name : "code";
  for (const tab of document.querySelectorAll("[data-view]")) {
    const chosen = tab.dataset.view === state.view;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    byId(`view-${tab.dataset.view}`).hidden = !chosen;
  }
  refreshView();
  keepState();
}

function refreshView() {
  if (state.view === "size") showTreemap(state.panes.find((pane) => pane.compiled && pane.stage === "asm") || state.panes.find((pane) => pane.compiled?.functions.length), hooks);
  if (state.view === "diff") showDiff();
  if (state.view === "build") showBuild();
  if (state.view === "profile") showProfile(hooks);
  if (state.view === "code") for (const pane of state.panes) pane.list.update();
}

function showFunctions(shown) {
  state.functions = shown;
  byId("functions").hidden = !shown;
  byId("toggle-functions").setAttribute("aria-pressed", String(shown));
  document.body.classList.toggle("with-functions", shown);
  if (shown) functionList.list.update();
}

let keeping = 0;

function keepState() {
  clearTimeout(keeping);
  keeping = setTimeout(async () => history.replaceState(null, "", `#${await stateToHash()}`), 150);
}

function localStorageGet(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function applyTheme() {
  if (state.theme) document.documentElement.dataset.theme = state.theme;
  else delete document.documentElement.dataset.theme;
}

function toggleTheme() {
  const dark = state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  state.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("theme", state.theme);
  } catch {
    // It is in the address as well.
  }
  applyTheme();
  keepState();
}

const keys = [
  ["Alt 1 … Alt 4", "to a pane; arrows move in it, Enter follows a branch"],
  ["Alt 0", "to the source"],
  ["Alt F", "find a function"],
  ["Alt N", "another pane"],
  ["Alt V", "next view"],
  ["Alt R", "compile a package as it is on the disk now"],
  ["Alt T", "dark or light"],
  ["Ctrl F", "search in the source"],
  ["Ctrl Shift M", "the diagnostics of the source"],
  ["Escape", "lets go of a line; leaves the editor, where Tab indents"],
  ["?", "these keys"],
];

function showHelp() {
  const help = byId("help");
  help.replaceChildren(
    el("div", { class: "head" }, el("h2", { id: "help-title", text: "Keys" }), el("span", { class: "grow" }), el("button", { class: "small icon", "aria-label": "Close", text: "×", onclick: () => help.close() })),
    el("dl", { class: "keys" }, ...keys.flatMap(([key, what]) => [el("dt", {}, el("kbd", { text: key })), el("dd", { text: what })])),
    el("p", { class: "quiet" }, `Bessemer ${about.version}. The file is not changed. The editor is CodeMirror (`, el("a", { href: "codemirror-licence.txt", text: "licence" }), ")."),
  );
  help.showModal();
}

async function copyLink() {
  const hash = await stateToHash();
  history.replaceState(null, "", `#${hash}`);
  await copyText(location.href, "Link");
}

function wire() {
  byId("add-pane").addEventListener("click", addPane);
  byId("copy-link").addEventListener("click", copyLink);
  byId("again").addEventListener("click", compileAgain);
  byId("toggle-theme").addEventListener("click", toggleTheme);
  byId("show-help").addEventListener("click", showHelp);
  byId("toggle-functions").addEventListener("click", () => {
    showFunctions(!state.functions);
    keepState();
  });
  const tabs = [...document.querySelectorAll("[data-view]")].filter((tab) => !tab.hidden);
  for (const tab of tabs) tab.addEventListener("click", () => showView(tab.dataset.view));
  document.querySelector(".tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.findIndex((tab) => tab.dataset.view === state.view) + step + tabs.length) % tabs.length];
    showView(next.dataset.view);
    next.focus();
  });
  lit.listeners.push((kind, from) => {
    if (kind === "pinned") offerFile(from);
  });
  byId("back").addEventListener("click", () => showFile("", ""));
  byId("other").addEventListener("click", () => openFile(byId("other").dataset.file));
  document.addEventListener("keydown", key);
  window.addEventListener("resize", () => ["size", "profile"].includes(state.view) && refreshView());
  window.addEventListener("hashchange", async () => {
    const kept = await stateFromHash(location.hash);
    if (kept && location.hash.slice(1) !== (await stateToHash())) location.reload();
  });
  divide();
}

function key(event) {
  const typing = event.target.closest?.("input, textarea, select, .cm-editor, dialog");
  if (event.key === "Escape") {
    if (event.target.closest?.(".cm-content")) byId("copy-link").focus();
    lightLine("pinned", "", null);
    return;
  }
  if (event.key === "?" && !typing) {
    showHelp();
    event.preventDefault();
    return;
  }
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const number = /^Digit([0-4])$/.exec(event.code);
  const actions = {
    KeyF: () => { showFunctions(true); functionList.search.focus(); },
    KeyN: addPane,
    KeyR: compileAgain,
    KeyT: toggleTheme,
    KeyV: () => {
      const views = viewNames();
      showView(views[(views.indexOf(state.view) + 1) % views.length]);
    },
  };
  if (number) {
    if (number[1] === "0") editor.view.focus();
    else state.panes[Number(number[1]) - 1]?.code.focus();
  } else if (actions[event.code]) actions[event.code]();
  else return;
  event.preventDefault();
}

// How wide the source is.
function divide() {
  const divider = byId("divider");
  const set = (width) => {
    const most = window.innerWidth * 0.7;
    document.documentElement.style.setProperty("--source-width", `${Math.max(220, Math.min(most, width))}px`);
    refreshView();
  };
  divider.addEventListener("pointerdown", (event) => {
    divider.setPointerCapture(event.pointerId);
    const { left } = byId("source").getBoundingClientRect();
    const move = (moved) => set(moved.clientX - left);
    divider.addEventListener("pointermove", move);
    divider.addEventListener("pointerup", () => divider.removeEventListener("pointermove", move), { once: true });
  });
  divider.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -24, ArrowRight: 24 }[event.key];
    if (step) set(byId("source").getBoundingClientRect().width + step);
  });
}

window.bessemerPage = { state, about, editor, lit, sourceIs };

start().catch((error) => {
  byId("status").textContent = "The page could not start";
  toast(String(error));
  throw error;
});
