// What is asked of the server; or found in what was exported.

const exported = window.bessemerExport || null;
const client = Math.random().toString(36).slice(2) + Date.now().toString(36);

export const isExported = Boolean(exported);

async function ask(path, question) {
  let response;
  try {
    response = await fetch(`api/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(question),
    });
  } catch {
    return { failed: { reason: "server", message: "The server does not answer. Is `bessemer explore` still running?", diagnostics: [] } };
  }
  if (!response.ok) {
    return { failed: { reason: "server", message: `The server refused (${response.status}).`, diagnostics: [] } };
  }
  return response.json();
}

export async function askAbout() {
  return exported ? exported.about : (await fetch("api/about")).json();
}

export async function askLastBuild() {
  return exported ? exported.about.lastBuild : (await fetch("api/last-build")).json();
}

export function sameConfiguration(a, b) {
  return a.stage === b.stage && a.backend === b.backend && a.level === b.level && (a.target || "") === (b.target || "");
}

export async function askCompile(source, configuration, pane) {
  if (exported) {
    const result = exported.results.find((it) => sameConfiguration(it.configuration, configuration));
    if (!result) {
      return { failed: { reason: "exported", message: "This was not exported. `bessemer explore` compiles anything.", diagnostics: [] } };
    }
    return result.ok ? { ok: { ...result.ok, key: exported.results.indexOf(result) } } : { failed: result.failed };
  }
  return ask("compile", { source, configuration, client, pane });
}

export async function askShow(key, index, syntax) {
  if (exported) {
    const listing = exported.results[key].listings[`${index === null ? "all" : index} ${syntax}`];
    return listing || { failed: { reason: "exported", message: "This function was not exported.", diagnostics: [] } };
  }
  return ask("show", { key, function: index, syntax });
}

export async function askFile(key, file) {
  if (exported) return { failed: { reason: "exported", message: "Other files are not exported.", diagnostics: [] } };
  return ask("file", { key, file });
}

export async function askWhy(source, configuration, symbol) {
  if (exported) return { failed: { reason: "exported", message: "A page from a disk cannot tell.", diagnostics: [] } };
  return ask("why", { compile: { source, configuration, client, pane: 0 }, symbol });
}

export async function askProfile(source, configuration) {
  if (exported) return { failed: { reason: "exported", message: "A page from a disk runs nothing.", diagnostics: [] } };
  return ask("profile", { source, configuration, client, pane: 0xfffffffe });
}

export async function askNotInlined(source, configuration, symbol) {
  if (exported) return { failed: { reason: "exported", message: "A page from a disk cannot tell.", diagnostics: [] } };
  // No pane has this number: what is asked here and what a pane asks do not replace each other.
  return ask("not-inlined", { compile: { source, configuration, client, pane: 0xffffffff }, symbol });
}
