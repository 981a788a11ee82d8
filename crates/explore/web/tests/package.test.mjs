// Packages, other files, and large input.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { browser, explore, folder, listing, litRows, settled } from "./browser.mjs";

let chrome;

before(async () => {
  chrome = await browser();
});

after(() => chrome?.close());

test("modules beside the file are compiled with it, and shown", async () => {
  const place = folder();
  place.write("lib.rs", "mod inner;\npub fn f(x: u32) -> u32 {\n    inner::g(x)\n}\n");
  place.write("inner.rs", "#[inline(never)]\npub fn g(x: u32) -> u32 {\n    x ^ 4711\n}\n");
  const server = await explore(place.path, ["lib.rs"]);
  try {
    const page = await chrome.open(server.address);
    await settled(page);
    await page.locator(".row.inlined", { hasText: "4711" }).click();
    await page.locator("#other").click();
    await page.locator("#viewer .cm-line.lit", { hasText: "x ^ 4711" }).waitFor();
    await page.locator("#viewer .cm-line", { hasText: "}" }).click();
    const keys = await litRows(page, 0).evaluateAll((found) => found.map((row) => row.dataset.key));
    assert.ok(keys.includes("inner.rs:4"), keys.join());
    await page.locator("#back").click();
    assert.equal(await page.locator("#viewer").isVisible(), false);
    // Nothing else is read, whatever is asked.
    const answer = await page.evaluate(async () => {
      const { key } = window.bessemerPage.state.panes[0].compiled;
      const head = { method: "POST", headers: { "Content-Type": "application/json" } };
      return (await fetch("api/file", { ...head, body: JSON.stringify({ key, file: "/etc/passwd" }) })).json();
    });
    assert.match(answer.failed.message, /no code that was shown/);
    await page.close();
  } finally {
    await server.stop();
    place.remove();
  }
});

test("a package is explored", async () => {
  const place = folder();
  mkdirSync(join(place.path, "src"));
  place.write("Cargo.toml", "[package]\nname = \"tiny-pack\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
  place.write("src/main.rs", "mod inner;\nfn main() {\n    println!(\"{}\", inner::triple(std::env::args().count()));\n}\n");
  place.write("src/inner.rs", "#[inline(never)]\npub fn triple(x: usize) -> usize {\n    let unused = 1;\n    x * 3\n}\n");
  const server = await explore(place.path, ["--pane", "asm:cranelift:0", "--pane", "mir"], {}, true);
  try {
    const page = await chrome.open(server.address);
    await settled(page, undefined, 120000);
    assert.match(await page.locator(".cm-content").first().textContent(), /mod inner/);
    assert.ok((await listing(page, 0)).includes("tiny_pack::inner::triple:"));
    assert.match(await page.locator("#problems").textContent(), /unused variable: `unused`/);
    await page.locator(".pane").nth(1).locator(".row", { hasText: "Mul" }).first().click();
    await page.locator("#viewer .cm-line.lit", { hasText: "x * 3" }).waitFor();
    assert.ok(await litRows(page, 0).count() > 0);
    await page.close();
    // Its source as macros have made it.
    const expandedValue = JSON.stringify({ panes: [{ stage: "expanded", backend: "llvm", level: "3" }], view: "code", functions: false });
    const expanded = await chrome.open(`${server.address}#${deflateRawSync(expandedValue).toString("base64url")}`);
    await settled(expanded, undefined, 120000);
    assert.ok((await listing(expanded, 0)).some((line) => line.includes("::std::io::_print(")));
    await expanded.locator(".pane .row", { hasText: "_print(" }).first().click();
    await expanded.locator(".cm-line.lit", { hasText: "println!" }).waitFor();
    await expanded.locator(".pane .part", { hasText: "x * 3" }).click();
    await expanded.locator("#viewer .cm-line.lit", { hasText: "x * 3" }).waitFor();
    await expanded.close();
    // What was done for a function, and why, when another file has changed.
    const workValue = JSON.stringify({ panes: [{ stage: "asm", backend: "cranelift", level: "0" }], view: "code", functions: true });
    const work = await chrome.open(`${server.address}#${deflateRawSync(workValue).toString("base64url")}`);
    await settled(work, undefined, 120000);
    place.write("src/inner.rs", "#[inline(never)]\npub fn triple(x: usize) -> usize {\n    x * 3 + 313131\n}\n");
    await work.locator("#again").click();
    await work.waitForFunction(() => window.bessemerPage.state.panes[0].listing.rows.some((row) => /313131/.test(row.text)), undefined, { timeout: 120000 });
    const facts = async (name) => {
      await work.locator("#functions").getByLabel("Find a function").fill(name);
      await work.locator("#functions .rows .row").first().click();
      return (await work.locator("#functions .detail dl").textContent()).replace(/Symbol.*$/, "");
    };
    assert.match(await facts("inner::triple"), /Time\d+ (µs|ms)Generatedyes: its code changed, or data that it refers to; of the inputs, inner\.rs changed/);
    assert.match(await facts("tiny_pack::main"), /Generatedno: it was in the cache/);
    await work.locator("#tab-build").click();
    // The server is asked for the last build first.
    await work.locator(".timeline th").first().waitFor();
    const stages = await work.locator(".timeline th").allTextContents();
    assert.ok(stages.includes("check (rustc)") && stages.includes("lower"), stages.join());
    // A build outside of the page is on it as well.
    assert.equal(await work.locator(".build.last").count(), 0);
    const cargo = process.env.BESSEMER.replace(/bessemer$/, "cargo-bessemer");
    execFileSync(cargo, ["bessemer", "build", "--bin", "tiny-pack"], { cwd: place.path, stdio: "ignore", env: { ...process.env, BESSEMER_CACHE_DIR: join(place.path, "cache") } });
    await work.locator("#tab-code").click();
    await work.locator("#tab-build").click();
    const last = work.locator(".build.last");
    await last.waitFor();
    assert.match(await last.textContent(), /cargo bessemer build --bin tiny-pack.* for 1 unit, .*tiny_pack/);
    assert.ok(await last.locator(".unit .link").count() === 1 && await last.locator(".unit .rustc").count() > 0);
    await work.close();
    // What LLVM gets, and what it says.
    const value = JSON.stringify({ panes: [{ stage: "llvm-ir-initial", backend: "llvm", level: "3" }], view: "code", functions: true });
    const initial = await chrome.open(`${server.address}#${deflateRawSync(value).toString("base64url")}`);
    await settled(initial, undefined, 120000);
    assert.match((await listing(initial, 0)).join("\n"), /define .*inner6triple/);
    const list = initial.locator("#functions");
    await list.getByLabel("Find a function").fill("tiny_pack::main");
    await list.locator(".rows .row").first().click();
    await list.getByText("Why is it not inlined?").click();
    const call = list.locator(".calls li", { hasText: "tiny_pack::inner::triple" }).first();
    await call.waitFor({ timeout: 60000 });
    assert.match(await call.textContent(), /main\.rs:3.*never be inlined/);
    await initial.getByLabel("Copy as command").click();
    await initial.waitForFunction(() => document.body.dataset.copied?.startsWith("cargo bessemer"));
    const command = await initial.evaluate(() => document.body.dataset.copied);
    assert.match(command, /^cargo bessemer llvm-ir --initial --backend llvm --release /);
    const words = command.match(/'[^']*'|\S+/g).slice(1).map((word) => word.replace(/^'|'$/g, ""));
    const program = process.env.BESSEMER.replace(/bessemer$/, "cargo-bessemer");
    const env = { ...process.env, BESSEMER_CACHE_DIR: join(place.path, "cache") };
    assert.match(execFileSync(program, words, { cwd: place.path, env }).toString(), /define .*4main/);
    await initial.close();
  } finally {
    await server.stop();
    place.remove();
  }
});

test("five thousand lines have no more rows than are seen", async () => {
  const place = folder();
  let text = "";
  for (let index = 0; index < 1000; index += 1) {
    text += `#[inline(never)]\npub fn f${index}(x: u32) -> u32 {\n    x.rotate_left(${index % 31}) ^ ${index}\n}\n\n`;
  }
  place.write("lib.rs", text);
  const server = await explore(place.path, ["--pane", "asm:cranelift:0", "--pane", "mir", "lib.rs"]);
  try {
    const page = await chrome.open(server.address);
    await settled(page, undefined, 120000);
    await page.locator("body").press("Alt+f");
    const count = () => page.locator(".row").count();
    assert.ok(await count() < 400, `${await count()} rows`);
    assert.match(await page.locator("#functions .head").textContent(), /1,000 functions/);
    for (const pane of [0, 1]) {
      await page.locator(".pane").nth(pane).locator(".code").evaluate((code) => { code.scrollTop = code.scrollHeight / 2; });
    }
    await page.waitForTimeout(100);
    assert.ok(await count() < 400, `${await count()} rows`);
    await page.getByLabel("Find a function").fill("f777");
    await page.locator("#functions .rows .row").click();
    await page.waitForFunction(() => window.bessemerPage.state.panes.every((pane) => pane.listing.rows.length < 40));
    assert.ok((await listing(page, 0)).some((line) => /777/.test(line)));
    assert.deepEqual(chrome.faults, []);
    await page.close();
  } finally {
    await server.stop();
    place.remove();
  }
});
