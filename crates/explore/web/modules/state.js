// What the page shows: kept in the part of its address after `#`, so that a link holds it.

export const state = {
  source: "",
  panes: [],
  view: "code",
  functions: false,
  theme: "",
  width: 0,
};

// What the server says at first.
export const about = {};

export async function squeeze(text, stream) {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const out = new Response(new Blob([bytes]).stream().pipeThrough(stream));
  return new Uint8Array(await out.arrayBuffer());
}

export async function stateToHash() {
  const { source, panes, view, functions, theme } = state;
  const kept = panes.map(({ stage, backend, level, target, syntax, focus }) => ({ stage, backend, level, target, syntax, focus }));
  const value = { panes: kept, view, functions, theme, source: source === about.source ? undefined : source };
  const bytes = await squeeze(JSON.stringify(value), new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export async function stateFromHash(hash) {
  try {
    const binary = atob(hash.replace(/^#/, "").replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
    const text = new TextDecoder().decode(await squeeze(bytes, new DecompressionStream("deflate-raw")));
    const value = JSON.parse(text);
    return value && Array.isArray(value.panes) && value.panes.length > 0 ? value : null;
  } catch {
    return null;
  }
}

export function stageOf(name) {
  return about.stages.find((stage) => stage.name === name) || about.stages[0];
}

// What makes code of a stage: some stages are one back end's own.
export function backendOf(pane) {
  return stageOf(pane.stage).backend || pane.backend;
}

export function configurationOf(pane) {
  return { stage: pane.stage, backend: backendOf(pane), level: pane.level, target: pane.target || "" };
}

export function quoteWord(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

// The command that shows the same on a terminal.
export function commandOf(pane) {
  const file = about.kind === "file";
  const words = about.command.split(" ");
  const expanded = pane.stage === "expanded";
  const initial = file && pane.stage === "llvm-ir-initial";
  if (!file && pane.stage === "llvm-ir-initial") words.push("llvm-ir", "--initial");
  else words.push(expanded || initial ? "build" : pane.stage);
  if (expanded || initial) words.push("--emit", pane.stage, "-o", "-");
  if (!expanded) words.push("--backend", backendOf(pane));
  if (file) words.push("-O", pane.level);
  else if (pane.level !== "0") words.push("--release");
  if (pane.target) words.push("--target", pane.target);
  for (const word of about.args) words.push(word);
  if (file) {
    if (pane.compiled?.library) words.push("--crate-type", "lib");
    words.push(about.path);
  }
  if (pane.stage === "asm" && pane.syntax === "att") words.push("--att");
  if (pane.focus && !expanded && !initial) words.push(pane.focusName || pane.focus);
  return words.map(quoteWord).join(" ");
}
