// The source: CodeMirror, with the compiler's diagnostics, and the lines that code comes from.

import { byId, el, plural } from "./dom.js";
import { about, state } from "./state.js";
import { isExported } from "./api.js";
import { hueOf, isLit, lightLine, lit } from "./highlight.js";
import { profile, samplesOfLine, share, wantsProfile } from "./profile.js";

const cm = window.CodeMirror;
const setMarks = cm.StateEffect.define();

// Marks of lines: those that have code, and those that are lit.
const marks = cm.StateField.define({
  create: () => cm.Decoration.none,
  update(value, transaction) {
    let next = value.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setMarks)) next = effect.value;
    return next;
  },
  provide: (field) => cm.EditorView.decorations.from(field),
});

const colours = cm.HighlightStyle.define([
  { tag: [cm.tags.keyword, cm.tags.modifier, cm.tags.controlKeyword, cm.tags.operatorKeyword, cm.tags.definitionKeyword, cm.tags.moduleKeyword], class: "t-keyword" },
  { tag: [cm.tags.string, cm.tags.character], class: "t-string" },
  { tag: [cm.tags.number, cm.tags.bool], class: "t-number" },
  { tag: [cm.tags.lineComment, cm.tags.blockComment, cm.tags.docComment], class: "t-comment" },
  { tag: [cm.tags.typeName, cm.tags.className], class: "t-type" },
  { tag: [cm.tags.macroName, cm.tags.meta], class: "t-macro" },
  { tag: [cm.tags.function(cm.tags.variableName), cm.tags.function(cm.tags.propertyName), cm.tags.function(cm.tags.definition(cm.tags.variableName))], class: "t-function" },
]);

export const editor = { view: null, coded: new Map(), diagnostics: [], other: null, otherFile: "" };

// What the source, and other files that are only read, have in common. `file` gives the name in keys of lines.
function extensionsOf(file, readOnly) {
  return [
    cm.lineNumbers(),
    cm.highlightSpecialChars(),
    cm.drawSelection(),
    cm.bracketMatching(),
    cm.rust(),
    cm.syntaxHighlighting(colours),
    cm.highlightSelectionMatches(),
    cm.search({ top: true }),
    marks,
    ...(wantsProfile() ? [heatGutter(file)] : []),
    cm.EditorState.readOnly.of(readOnly),
    cm.EditorView.updateListener.of((update) => {
      if (update.selectionSet && !update.docChanged && update.view.hasFocus) {
        const line = update.state.doc.lineAt(update.state.selection.main.head).number;
        lightLine("pinned", `${file()}:${line}`, "editor");
      }
    }),
    cm.EditorView.domEventHandlers({
      mousemove(event, view) {
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY }, false);
        lightLine("hovered", `${file()}:${view.state.doc.lineAt(at).number}`, "editor");
      },
      mouseleave: () => lightLine("hovered", "", "editor"),
    }),
  ];
}

class Heat extends cm.GutterMarker {
  constructor(samples) {
    super();
    this.samples = samples;
  }

  toDOM() {
    const { own, total } = this.samples;
    const element = el("span", { class: "heat", text: share(own || total), title: `${share(own)} in this line, ${share(total)} with what it calls` });
    element.style.setProperty("--heat", own / Math.max(1, profile.result.samples));
    element.classList.toggle("around", own === 0);
    return element;
  }
}

// Samples beside the lines.
function heatGutter(file) {
  return cm.gutter({
    class: "cm-heat",
    lineMarker(view, block) {
      const samples = samplesOfLine(`${file()}:${view.state.doc.lineAt(block.from).number}`);
      return samples ? new Heat(samples) : null;
    },
    lineMarkerChange: (update) => update.transactions.some((it) => it.effects.some((effect) => effect.is(setMarks))),
  });
}

export function startEditor(text, changed) {
  const readOnly = isExported || about.kind === "package";
  editor.view = new cm.EditorView({
    parent: byId("editor"),
    state: cm.EditorState.create({
      doc: text,
      extensions: [
        extensionsOf(() => about.name, readOnly),
        cm.highlightActiveLineGutter(),
        cm.history(),
        cm.indentOnInput(),
        cm.indentUnit.of("    "),
        cm.lintGutter(),
        cm.keymap.of([...cm.lintKeymap, ...cm.searchKeymap, ...cm.historyKeymap, ...cm.defaultKeymap, ...(readOnly ? [] : [cm.indentWithTab])]),
        cm.EditorView.contentAttributes.of({ "aria-label": "Rust source", spellcheck: "false" }),
        cm.EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  profile.listeners.push(markLines);
  lit.listeners.push((kind, from) => {
    markLines();
    if (kind === "pinned" && from !== "editor") revealLine(lit.pinned);
  });
}

// Shows another file in the source's place; nothing: the source again.
export function showFile(name, text) {
  editor.other?.destroy();
  editor.other = null;
  editor.otherFile = name;
  byId("editor").hidden = Boolean(name);
  byId("viewer").hidden = !name;
  byId("source-title").textContent = name || about.name;
  byId("source-title").title = name || about.path;
  byId("back").hidden = !name;
  if (!name) return;
  editor.other = new cm.EditorView({
    parent: byId("viewer"),
    state: cm.EditorState.create({
      doc: text,
      extensions: [
        extensionsOf(() => editor.otherFile, true),
        cm.keymap.of([...cm.searchKeymap, ...cm.defaultKeymap]),
        cm.EditorView.contentAttributes.of({ "aria-label": `${name}, to be read`, spellcheck: "false" }),
      ],
    }),
  });
  markLines();
  revealLine(lit.pinned);
}

function revealLine(key) {
  for (const [view, file] of shownFiles()) {
    const line = Number(key.slice(file.length + 1));
    if (!key.startsWith(`${file}:`) || !(line >= 1 && line <= view.state.doc.lines)) continue;
    view.dispatch({ effects: cm.EditorView.scrollIntoView(view.state.doc.line(line).from, { y: "center" }) });
  }
}

function shownFiles() {
  return editor.other ? [[editor.view, about.name], [editor.other, editor.otherFile]] : [[editor.view, about.name]];
}

// Marks the lines that have code in a pane, and those that are lit.
export function markLines() {
  for (const [view, file] of shownFiles()) {
    const { doc } = view.state;
    const numbers = new Set(editor.coded.get(file));
    for (const key of [lit.hovered, lit.pinned]) {
      if (key.startsWith(`${file}:`)) numbers.add(Number(key.slice(file.length + 1)));
    }
    const ranges = [...numbers].filter((number) => number >= 1 && number <= doc.lines).sort((a, b) => a - b).map((number) => {
      const kind = `cm-has-code${isLit(`${file}:${number}`) ? " lit" : ""}`;
      const decoration = cm.Decoration.line({ class: kind, attributes: { style: `--hue:${hueOf(file, number)}` } });
      return decoration.range(doc.line(number).from);
    });
    view.dispatch({ effects: setMarks.of(cm.Decoration.set(ranges)) });
  }
}

// `coded` has the lines with code of each file.
export function setCodedLines(coded) {
  editor.coded = coded;
  markLines();
}

// A place of the compiler's, whose columns count characters, as one of the editor's.
function positionOf(doc, line, column) {
  if (line > doc.lines) return doc.length;
  const { from, text } = doc.line(Math.max(1, line));
  return from + Array.from(text).slice(0, column - 1).join("").length;
}

export function showDiagnostics(diagnostics) {
  editor.diagnostics = diagnostics;
  const { doc } = editor.view.state;
  const found = [];
  for (const diagnostic of diagnostics) {
    const severity = diagnostic.level === "error" ? "error" : diagnostic.level === "warning" ? "warning" : "info";
    for (const span of diagnostic.spans) {
      if (!span.here) continue;
      const from = positionOf(doc, span.line, span.column);
      const to = Math.max(from, positionOf(doc, span.end_line, span.end_column));
      const head = diagnostic.code ? `${diagnostic.message} [${diagnostic.code}]` : diagnostic.message;
      const text = span.primary ? [head, span.label, ...diagnostic.notes].filter(Boolean).join("\n") : span.label;
      if (text) found.push({ from, to, severity: span.primary ? severity : "info", message: text });
    }
  }
  found.sort((a, b) => a.from - b.from);
  editor.view.dispatch(cm.setDiagnostics(editor.view.state, found));
  listProblems(diagnostics);
}

function listProblems(diagnostics) {
  const problems = byId("problems");
  const errors = diagnostics.filter((it) => it.level === "error").length;
  const warnings = diagnostics.filter((it) => it.level === "warning").length;
  const words = [errors && plural(errors, "error"), warnings && plural(warnings, "warning")].filter(Boolean);
  byId("problem-count").textContent = words.join(", ");
  byId("problem-count").classList.toggle("bad", errors > 0);
  problems.hidden = diagnostics.length === 0;
  problems.replaceChildren(...diagnostics.slice(0, 100).map((diagnostic) => {
    const span = diagnostic.spans.find((it) => it.here && it.primary) || diagnostic.spans.find((it) => it.here);
    const place = span ? `${span.line}:${span.column}` : "";
    const go = () => {
      if (!span) return;
      const { view } = editor;
      view.dispatch({ selection: { anchor: positionOf(view.state.doc, span.line, span.column) }, scrollIntoView: true });
      view.focus();
    };
    return el("details", { class: `problem ${diagnostic.level}` },
      el("summary", {},
        el("span", { class: "level", text: diagnostic.level }),
        el("span", { class: "message", text: diagnostic.message }),
        place && el("button", { class: "place", text: place, "aria-label": `To line ${span.line}`, onclick: (event) => { event.preventDefault(); go(); } }),
      ),
      el("pre", { text: diagnostic.rendered.trimEnd() }),
    );
  }));
}

export function sourceIs(text) {
  const { view } = editor;
  if (view.state.doc.toString() !== text) {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  }
  state.source = text;
}
