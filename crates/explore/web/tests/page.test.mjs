// The page, in a browser: each thing that it is for.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { browser, explore, folder, listing, litRows, rows, settled, source, status, type } from "./browser.mjs";

let place;
let server;
let chrome;

before(async () => {
  place = folder();
  place.write("lib.rs", source);
  server = await explore(place.path, ["--limit", "40", "lib.rs"]);
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await server?.stop();
  place?.remove();
});

// A page with these panes.
async function page(panes, more = {}) {
  const value = JSON.stringify({ panes, view: "code", functions: false, ...more });
  const opened = await chrome.open(panes ? `${server.address}#${deflateRawSync(value).toString("base64url")}` : server.address);
  await settled(opened);
  return opened;
}

const asm = { stage: "asm", backend: "llvm", level: "3" };

test("without the token there is nothing", async () => {
  const bare = new URL(server.address).origin;
  for (const address of [`${bare}/`, `${bare}/api/about`, `${bare}/0123456789abcdef0123456789abcdef/`]) {
    assert.equal((await fetch(address)).status, 403, address);
  }
  assert.equal((await fetch(server.address)).status, 200);
});

test("an edit gives new assembly when typing stops", async () => {
  const shown = await page();
  assert.ok((await listing(shown, 0)).some((line) => /\bxor\s+eax, 7/.test(line)));
  await shown.locator(".cm-line", { hasText: "rotate_left" }).click();
  await shown.keyboard.press("End");
  await shown.keyboard.type(" ^ 0x5555", { delay: 20 });
  await shown.waitForFunction(() => window.bessemerPage.state.panes[0].listing.rows.some((row) => /xor\s+eax, 21842/.test(row.text)));
  assert.equal(readFileSync(join(place.path, "lib.rs"), "utf8"), source, "the file is not changed");
  await shown.close();
});

test("a line lights in all panes", async () => {
  const stages = [["asm", "xor"], ["mir", "BitXor"], ["lir", "xor"], ["clif", "bxor"]];
  for (const [first, ...rest] of [[stages[0], stages[1], stages[2], stages[3]], [["llvm-ir-initial", "xor"], ["llvm-ir", "xor"]]]) {
    const all = [first, ...rest];
    const shown = await page(all.map(([stage]) => ({ ...asm, stage })));
    await shown.locator(".cm-line", { hasText: "rotate_left(3) ^ 7" }).click();
    for (const [index, [stage, word]] of all.entries()) {
      const texts = await litRows(shown, index).allTextContents();
      assert.ok(texts.some((text) => text.includes(word)), `${stage}: ${texts.join("\n")}`);
      const keys = await litRows(shown, index).evaluateAll((found) => [...new Set(found.map((row) => row.dataset.key))]);
      assert.deepEqual(keys, ["lib.rs:15"], stage);
      const hues = await litRows(shown, index).evaluateAll((found) => [...new Set(found.map((row) => getComputedStyle(row).backgroundColor))]);
      const line = await shown.locator(".cm-line.lit").evaluate((found) => getComputedStyle(found).backgroundColor);
      assert.deepEqual(hues, [line], `${stage}: the same colour as the source`);
    }
    await shown.close();
  }
});

test("the expanded source lights lines of the source, and they light it", async () => {
  const shown = await page([{ ...asm, stage: "expanded" }, asm]);
  const macros = "macro_rules! spun { ($x:expr) => { $x.rotate_left(9) } }\npub fn spin(x: u32) -> u32 {\n    let y = x ^ 5;\n    spun!(y)\n}\n";
  await type(shown, `${source}${macros}`);
  await shown.waitForFunction(() => window.bessemerPage.state.panes.every((pane) => pane.listing.rows.some((row) => /spin/.test(row.text))));
  const part = (text) => shown.locator(".pane").nth(0).locator(".part", { hasText: text });
  await part("y.rotate_left(9)").click();
  await shown.locator(".cm-line.lit", { hasText: "spun!(y)" }).waitFor();
  await shown.locator(".cm-line", { hasText: "rotate_left(3) ^ 7" }).click();
  assert.deepEqual(await litRows(shown, 0).allTextContents(), ["x.rotate_left(3) ^ 7 "]);
  assert.ok((await litRows(shown, 1).allTextContents()).some((text) => /xor/.test(text)));
  await part("let y = x ^ 5").hover();
  assert.ok((await litRows(shown, 1).allTextContents()).some((text) => /xor/.test(text)));
  await shown.close();
});

test("a line of code lights its source, and inlined code its own", async () => {
  const shown = await page([asm, { ...asm, stage: "llvm-ir" }]);
  const add = shown.locator(".pane").nth(0).locator(".row.placed:not(.inlined)", { hasText: "xor" }).first();
  await add.hover();
  assert.equal(await shown.locator(".cm-line.lit").count(), 1);
  await add.click();
  await shown.mouse.move(5, 5);
  assert.match(await shown.locator(".cm-line.lit").textContent(), /\^/);
  const inlined = shown.locator(".pane").nth(0).locator(".row.inlined", { hasText: "rol" });
  await inlined.click();
  assert.match(await inlined.getAttribute("data-key"), /core\/src\/.*:\d+$/);
  assert.ok(await litRows(shown, 1).count() > 0, "in the other pane, too");
  await shown.keyboard.press("Escape");
  await shown.mouse.move(5, 5);
  assert.equal(await litRows(shown, 0).count(), 0);
  await shown.close();
});

test("errors are underlined, with their text, and the last good result stays", async () => {
  const shown = await page();
  const good = await listing(shown, 0);
  await type(shown, source.replace("total\n}", "total + \"x\"\n}"));
  await shown.waitForFunction(() => document.getElementById("status").textContent === "Not compiled");
  await shown.locator(".cm-lintRange-error").first().hover();
  await shown.locator(".cm-tooltip").waitFor();
  assert.match(await shown.locator(".cm-tooltip").textContent(), /cannot add `&str` to `u32`.*E0277/s);
  assert.match(await shown.locator("#problems").textContent(), /cannot add/);
  assert.match(await shown.locator(".banner").textContent(), /last good result/);
  assert.deepEqual(await listing(shown, 0), good);
  // What cannot even be read.
  await type(shown, "pub fn sum( {");
  await shown.waitForFunction(() => /unclosed delimiter/.test(document.getElementById("problems").textContent));
  assert.deepEqual(await listing(shown, 0), good);
  await type(shown, source);
  await settled(shown);
  assert.equal(await shown.locator(".banner").isVisible(), false);
  await type(shown, `${source}\nfn unused() {}\n`);
  await shown.locator(".cm-lintRange-warning").first().waitFor();
  await shown.close();
});

test("functions are searched, grouped and chosen, and say why they are there", async () => {
  const shown = await page([asm, { ...asm, stage: "mir" }], { functions: true });
  const list = shown.locator("#functions");
  await list.locator(".row.group", { hasText: "lib::shown" }).click();
  assert.equal(await list.locator(".row.inside").count(), 2);
  assert.match(await list.locator(".row.group", { hasText: "lib::shown" }).textContent(), /× 2\s*\d+ B/);
  await list.getByLabel("Find a function").fill("TWICE lib");
  assert.equal(await list.locator(".rows .row").count(), 1);
  await list.locator(".rows .row").click();
  await shown.waitForFunction(() => window.bessemerPage.state.panes.every((pane) => pane.listing.rows.filter((row) => row.kind === "function").length === 1));
  assert.match((await listing(shown, 0))[0], /^lib::twice:$/);
  assert.match((await listing(shown, 1)).join("\n"), /^fn twice\(/m);
  await list.getByLabel("Find a function").fill("shown usize");
  await list.locator(".rows .row").first().click();
  await list.getByText("Why is this here?").click();
  await list.locator(".chain li").first().waitFor();
  assert.deepEqual(await list.locator(".chain li").allTextContents(), ["lib::lengths", "lib::shown::<usize>"]);
  await shown.close();
});

test("a function says how long it took and why it was made again", async () => {
  const shown = await page([{ ...asm, backend: "cranelift", level: "0" }], { functions: true });
  const detail = async (name, text) => {
    const list = shown.locator("#functions");
    await list.getByLabel("Find a function").fill(name);
    await list.locator(".rows .row", { hasText: text }).first().click();
    return (await list.locator(".detail dl").textContent()).replace(/Symbol.*$/, "");
  };
  await type(shown, source.replace("rotate_left(3) ^ 7", "rotate_left(4) ^ 424242") + "#[inline(never)]\npub fn added(x: u32) -> u32 { x ^ 434343 }\n");
  await settled(shown);
  await shown.waitForFunction(() => window.bessemerPage.state.panes[0].compiled.functions.some((it) => it.name === "lib::added"));
  assert.match(await detail("helper lib", "lib::helper"), /Time\d+ (µs|ms)Generatedyes: its code changed/);
  assert.match(await detail("added lib", "lib::added"), /Time\d+ (µs|ms)Generatedyes: it is new/);
  assert.match(await detail("sum lib", "lib::sum"), /Generatedno: it was in the cache/);
  await shown.close();
  const whole = await page([asm], { functions: true });
  await type(whole, source.replace("rotate_left(3) ^ 7", "rotate_left(5) ^ 525252"));
  await whole.waitForFunction(() => window.bessemerPage.state.panes[0].listing.rows.some((row) => /525252/.test(row.text)));
  await whole.locator("#functions").getByLabel("Find a function").fill("helper lib");
  await whole.locator("#functions .rows .row").first().click();
  const text = await whole.locator("#functions .detail dl").textContent();
  assert.match(text, /Time\d+ (µs|ms) for the \d+ functions of its module: llvm makes them togetherGeneratedyes: its code changed/);
  await whole.close();
});

test("functions that name their file are not made again by an edit", async () => {
  const indexed = "\n#[inline(never)]\npub fn nth(values: &[u32], index: usize) -> u32 {\n    values[index] ^ 616161\n}\n";
  const shown = await page([{ ...asm, backend: "cranelift", level: "0" }], { functions: true });
  const has = (name) => shown.waitForFunction((it) => window.bessemerPage.state.panes[0].compiled.functions.some(({ name: of }) => of === it), name);
  await type(shown, source + indexed);
  await has("lib::nth");
  await type(shown, source + indexed + "\npub fn later() {}\n");
  await has("lib::later");
  const list = shown.locator("#functions");
  await list.getByLabel("Find a function").fill("lib::nth");
  await list.locator(".rows .row").first().click();
  assert.match(await list.locator(".detail dl").textContent(), /Generatedno: it was in the cache/);
  await shown.close();
});

test("LLVM says why calls are not inlined, and others say nothing", async () => {
  const shown = await page([asm], { functions: true });
  const list = shown.locator("#functions");
  await list.getByLabel("Find a function").fill("twice lib");
  await list.locator(".rows .row").click();
  await list.getByText("Why is it not inlined?").click();
  const call = list.locator(".calls li", { hasText: "lib::helper" }).first();
  await call.waitFor();
  assert.match(await call.textContent(), /lib::helper lib\.rs:10\s*.*never be inlined/);
  await call.locator(".place").click();
  await shown.locator(".cm-line.lit", { hasText: "helper(x) ^ helper(x + 1)" }).waitFor();
  assert.ok(await litRows(shown, 0).count() > 0);
  await list.getByLabel("Find a function").fill("helper");
  await list.locator(".rows .row").click();
  await list.getByText("Why is it not inlined?").click();
  await list.locator(".calls li", { hasText: "lib::twice" }).first().waitFor();
  await shown.close();
  const other = await page([{ ...asm, backend: "cranelift", level: "0" }], { functions: true });
  await other.locator("#functions").getByLabel("Find a function").fill("helper");
  await other.locator("#functions .rows .row").click();
  await other.locator("#functions").getByText("Why is this here?").waitFor();
  assert.equal(await other.getByText("Why is it not inlined?").count(), 0);
  await other.close();
});

test("sizes are areas", async () => {
  const shown = await page();
  await shown.locator("#tab-size").click();
  await shown.locator(".area.depth0", { hasText: "lib" }).first().waitFor();
  const ratio = await shown.evaluate(() => {
    const area = (name) => {
      const found = [...document.querySelectorAll(".area.depth1")].find((it) => it.getAttribute("aria-label").startsWith(name));
      const { width, height } = found.getBoundingClientRect();
      return { area: width * height, size: Number(/, (\d+) B/.exec(found.getAttribute("aria-label"))[1]) };
    };
    const [a, b] = [area("lengths"), area("sum")];
    return (a.area / a.size) / (b.area / b.size);
  });
  assert.ok(Math.abs(ratio - 1) < 0.1, `areas are as sizes: ${ratio}`);
  await shown.locator(".area.depth1", { hasText: "sum" }).click();
  await shown.waitForFunction(() => window.bessemerPage.state.panes[0].focusName === "lib::sum");
  assert.equal(await shown.locator("#tab-code").getAttribute("aria-selected"), "true");
  await shown.close();
});

test("two panes are compared by function, with counts of instructions", async () => {
  const shown = await page([asm, { ...asm, backend: "cranelift", level: "0" }]);
  await shown.locator("#tab-diff").click();
  const row = shown.locator(".diff-table tbody tr", { hasText: "lib::helper" });
  await row.waitFor();
  const counted = await row.locator("td.n").allTextContents();
  const instructions = async (pane) => {
    const lines = await listing(shown, pane);
    const start = lines.indexOf("lib::helper:");
    const end = lines.indexOf("", start);
    return lines.slice(start + 1, end < 0 ? undefined : end).filter((line) => !line.endsWith(":")).length;
  };
  assert.deepEqual(counted.slice(0, 2), [String(await instructions(0)), String(await instructions(1))]);
  await row.click();
  assert.ok(await shown.locator(".diff-lines .line.gone").count() > 0);
  assert.ok(await shown.locator(".diff-lines .line.new").count() > 0);
  // Against what it was before the last change of the source.
  await type(shown, source.replace("^ 7", "^ 9"));
  await shown.waitForTimeout(500);
  await settled(shown);
  await shown.getByLabel("Right").selectOption("0-before");
  await shown.locator(".diff-table tbody tr.differs", { hasText: "lib::helper" }).click();
  assert.deepEqual((await shown.locator(".diff-lines .gone .text, .diff-lines .new .text").allTextContents()).map((text) => text.trim().replace(/\s+/g, " ")), ["xor eax, 9", "xor eax, 7"]);
  await shown.close();
});

test("the build is a timeline", async () => {
  const shown = await page();
  await shown.locator("#tab-build").click();
  const stages = await shown.locator(".timeline th").allTextContents();
  assert.ok(stages.includes("check (rustc)") && stages.includes("lower"), stages.join());
  await shown.close();
});

test("branches are arrows, and there are two syntaxes", async () => {
  const shown = await page([{ ...asm, focus: "lib::sum", focusName: "lib::sum" }]);
  const paths = await shown.locator(".arrows path").count();
  const jumps = (await listing(shown, 0)).filter((line) => /^\s+j\w+\s.*\.L\d+/.test(line)).length;
  assert.equal(paths, jumps);
  assert.ok(jumps > 0 && await shown.locator(".arrows path.back").count() > 0, "a loop leads back");
  await shown.locator(".pane").first().getByLabel("Syntax of assembly").click();
  await shown.waitForFunction(() => window.bessemerPage.state.panes[0].listing.rows.some((row) => /%eax/.test(row.text)));
  await shown.close();
});

test("code for other machines is shown, and lights its lines", async (context) => {
  if (!process.env.BESSEMER_RUST_SRC) return context.skip("BESSEMER_RUST_SRC names no source of std");
  const targets = [["aarch64-unknown-linux-gnu", /\bror\b/], ["wasm32-unknown-unknown", /i32\.rotl/]];
  const other = await explore(place.path, ["--limit", "400", "lib.rs"]);
  try {
    const value = JSON.stringify({ panes: [asm], view: "code", functions: false });
    const shown = await chrome.open(`${other.address}#${deflateRawSync(value).toString("base64url")}`);
    await settled(shown);
    for (const [target, word] of targets) {
      await shown.locator(".pane").getByLabel("Target").selectOption(target);
      await shown.waitForFunction(([it, pattern]) => {
        const [pane] = window.bessemerPage.state.panes;
        return pane.made?.target === it && pane.listing.rows.some((row) => new RegExp(pattern).test(row.text));
      }, [target, word.source], { timeout: 400000 });
      await shown.locator(".cm-line", { hasText: "rotate_left(3) ^ 7" }).click();
      const lit = await litRows(shown, 0).allTextContents();
      assert.ok(lit.some((text) => /\b(eor|i32\.xor)\b/.test(text)), `${target}: ${lit.join("\n")}`);
      await shown.keyboard.press("Escape");
    }
    await shown.close();
  } finally {
    await other.stop();
  }
});

test("panes are opened, changed and closed", async () => {
  const shown = await page();
  for (let count = 2; count <= 4; count += 1) await shown.locator("#add-pane").click();
  assert.equal(await shown.locator("#add-pane").isDisabled(), true);
  await settled(shown);
  await shown.locator(".pane").nth(3).getByLabel("Stage", { exact: true }).selectOption("expanded");
  await settled(shown);
  await shown.waitForFunction(() => window.bessemerPage.state.panes[3].listing.rows.some((row) => row.text.includes("prelude_import")));
  await shown.locator(".pane").nth(2).getByLabel("Close this pane").click();
  assert.equal(await shown.locator(".pane").count(), 3);
  await shown.close();
});

test("a link holds the state, and a command shows the same", async () => {
  const shown = await page([asm, { ...asm, stage: "mir", level: "0" }]);
  await type(shown, source.replace("^ 7", "^ 1234"));
  await shown.waitForTimeout(500);
  await settled(shown);
  await shown.locator("#copy-link").click();
  await shown.waitForFunction(() => document.body.dataset.copied?.startsWith("http"));
  const link = await shown.evaluate(() => document.body.dataset.copied);
  const other = await chrome.open(link);
  await settled(other);
  assert.equal(await other.locator(".pane").count(), 2);
  assert.ok((await listing(other, 0)).some((line) => /xor\s+eax, 1234/.test(line)));
  assert.match(await other.locator(".cm-content").textContent(), /1234/);
  await other.close();
  await type(shown, source);
  await shown.waitForTimeout(500);
  await settled(shown);
  await shown.evaluate(() => { document.body.dataset.copied = ""; });
  await shown.locator(".pane").nth(0).getByLabel("Copy as command").click();
  await shown.waitForFunction(() => document.body.dataset.copied?.startsWith("bessemer asm"));
  const command = await shown.evaluate(() => document.body.dataset.copied);
  const words = command.split(" ").slice(1);
  const printed = execFileSync(process.env.BESSEMER, words, { cwd: place.path, encoding: "utf8", env: { ...process.env, BESSEMER_CACHE_DIR: join(place.path, "cache") } });
  assert.match(printed, /lib::helper/);
  await shown.close();
});

test("keys do it as well, and everything has a name", async () => {
  const shown = await page([asm, { ...asm, stage: "mir" }], { functions: true });
  await shown.locator("body").press("Alt+1");
  await shown.keyboard.press("ArrowDown");
  await shown.keyboard.press("ArrowDown");
  const lit = await litRows(shown, 0).count();
  assert.ok(lit > 0);
  assert.ok(await shown.locator(".cm-line.lit").count() > 0);
  const current = await shown.locator(".pane").nth(0).locator(".code").getAttribute("aria-activedescendant");
  assert.equal(await shown.locator(`#${current}`).getAttribute("aria-selected"), "true");
  await shown.keyboard.press("Alt+f");
  assert.equal(await shown.evaluate(() => document.activeElement.id), "function-search");
  await shown.keyboard.press("ArrowDown");
  await shown.keyboard.press("ArrowDown");
  await shown.keyboard.press("Enter");
  await shown.waitForFunction(() => window.bessemerPage.state.panes[0].focus !== "");
  await shown.keyboard.press("Alt+v");
  assert.equal(await shown.locator("#tab-size").getAttribute("aria-selected"), "true");
  await shown.keyboard.press("Alt+v");
  await shown.keyboard.press("Alt+v");
  await shown.keyboard.press("Alt+v");
  await shown.locator("#show-help").press("?");
  assert.equal(await shown.locator("#help").isVisible(), true);
  await shown.keyboard.press("Escape");
  const nameless = await shown.evaluate(() => [...document.querySelectorAll("button, select, input, [tabindex='0'], [role=tab]")]
    .filter((it) => it.checkVisibility() && !(it.getAttribute("aria-label") || it.textContent.trim() || it.labels?.length || it.getAttribute("aria-labelledby")))
    .map((it) => it.outerHTML.slice(0, 120)));
  assert.deepEqual(nameless, []);
  await shown.close();
});

test("dark and light have contrast at both widths, and nothing sticks out", async () => {
  for (const theme of ["light", "dark"]) {
    for (const width of [1280, 1920]) {
      const shown = await page([asm, { ...asm, stage: "mir" }, { ...asm, stage: "lir" }], { theme, functions: true });
      await shown.setViewportSize({ width, height: width === 1280 ? 800 : 1080 });
      await shown.waitForTimeout(100);
      const wide = await shown.evaluate(() => document.documentElement.scrollWidth > window.innerWidth
        || [...document.querySelectorAll(".bar button, .pane .head > *")].some((it) => it.checkVisibility() && it.getBoundingClientRect().right > window.innerWidth));
      assert.equal(wide, false, `${theme} ${width}`);
      const faint = await shown.evaluate(() => {
        const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        const rgb = (color) => {
          canvas.clearRect(0, 0, 1, 1);
          canvas.fillStyle = color;
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data];
        };
        const light = ([r, g, b]) => [r, g, b].map((it) => it / 255).map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4)).reduce((sum, it, index) => sum + it * [0.2126, 0.7152, 0.0722][index], 0);
        const ground = (element) => {
          for (let it = element; it; it = it.parentElement) {
            const color = rgb(getComputedStyle(it).backgroundColor);
            if (color[3] > 250) return color;
          }
          return [255, 255, 255];
        };
        const found = [];
        for (const element of document.querySelectorAll(".quiet, .t-keyword, .t-string, .t-number, .t-comment, .t-type, .t-register, .t-function, .row.function .text, .status, .tabs button, .size, .offset, .cm-gutterElement")) {
          if (!element.checkVisibility() || !element.textContent.trim()) continue;
          const opacity = Number(getComputedStyle(element).opacity);
          const [front, back] = [rgb(getComputedStyle(element).color), ground(element)];
          const mixed = front.map((it, index) => it * opacity + back[index] * (1 - opacity));
          const [a, b] = [light(mixed), light(back)].sort((x, y) => y - x);
          const contrast = (a + 0.05) / (b + 0.05);
          if (contrast < 4.5) found.push(`${element.className}: ${contrast.toFixed(2)}`);
        }
        return [...new Set(found)];
      });
      assert.deepEqual(faint, [], `${theme} ${width}`);
      await shown.close();
    }
  }
});

test("two browsers at once each have their own", async () => {
  const other = await browser();
  try {
    const one = await page();
    const two = await other.open(server.address);
    await settled(two);
    await Promise.all([type(one, source.replace("^ 7", "^ 111")), type(two, source.replace("^ 7", "^ 222"))]);
    const has = (shown, value) => shown.waitForFunction((it) => window.bessemerPage.state.panes[0].listing.rows.some((row) => row.text.includes(`eax, ${it}`)), value);
    await Promise.all([has(one, 111), has(two, 222)]);
    assert.deepEqual(other.faults, []);
    await one.close();
  } finally {
    await other.close();
  }
});

// The processes that the server has started.
function workers() {
  const parent = server.child.pid;
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return Number(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ")[1]) === parent;
    } catch {
      return false;
    }
  });
}

test("a compiler that crashes is reported, and the page goes on", async () => {
  const shown = await page();
  const good = await listing(shown, 0);
  const known = workers();
  await type(shown, `${source}\n#[allow(long_running_const_eval)]\npub const ENDLESS: () = loop {};\n`);
  let started;
  for (let tries = 0; tries < 200 && !started; tries += 1) {
    await shown.waitForTimeout(50);
    started = workers().find((pid) => !known.includes(pid));
  }
  process.kill(started, "SIGKILL");
  await shown.waitForFunction(() => document.getElementById("status").textContent === "Crashed");
  assert.match(await shown.locator(".banner").textContent(), /signal 9/);
  assert.deepEqual(await listing(shown, 0), good);
  await type(shown, source);
  await settled(shown);
  // One that was kept is gone: what it was asked is compiled again.
  for (const pid of workers()) process.kill(pid, "SIGKILL");
  await shown.locator(".pane").first().getByLabel("Syntax of assembly").click();
  await shown.waitForFunction(() => window.bessemerPage.state.panes[0].listing.rows.some((row) => /%eax/.test(row.text)));
  await shown.close();
});

test("nothing has gone wrong on the page", () => {
  assert.deepEqual(chrome.faults, []);
});

test("a compilation that hangs is cut off, with all that it has started", async () => {
  const own = await explore(place.path, ["--limit", "4", "lib.rs"]);
  try {
    const shown = await chrome.open(own.address);
    await settled(shown);
    const good = await listing(shown, 0);
    await type(shown, `${source}\n#[allow(long_running_const_eval)]\npub const ENDLESS: () = loop {};\n`);
    await shown.waitForFunction(() => document.getElementById("status").textContent === "Cut off");
    assert.match(await shown.locator(".banner").textContent(), /longer than 4 seconds/);
    assert.deepEqual(await listing(shown, 0), good);
    // What is typed meanwhile ends what nobody wants any more.
    await type(shown, `${source}\n#[allow(long_running_const_eval)]\npub const ENDLESS: u8 = loop {};\n`);
    await shown.waitForTimeout(1000);
    await type(shown, source);
    await settled(shown);
    const left = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(place.path) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("rustc");
      } catch {
        return false;
      }
    });
    assert.deepEqual(left, []);
    await shown.close();
  } finally {
    await own.stop();
  }
});

test("an export is opened from a disk", async () => {
  const target = join(place.path, "page");
  const env = { ...process.env, BESSEMER_CACHE_DIR: join(place.path, "cache") };
  const words = ["explore", "--pane", "asm:llvm:3", "--pane", "mir", "--export", target, "lib.rs"];
  const printed = execFileSync(process.env.BESSEMER, words, { cwd: place.path, encoding: "utf8", env });
  assert.equal(printed.trim(), join(target, "index.html"));
  const shown = await chrome.open(`file://${target}/index.html`);
  await settled(shown);
  assert.equal(await status(shown).textContent(), "Exported");
  assert.ok((await rows(shown, 0)).some((line) => line.includes("lib::helper")));
  await shown.locator(".cm-line", { hasText: "rotate_left(3) ^ 7" }).click();
  for (const [pane, word] of [[0, "xor"], [1, "BitXor"]]) {
    assert.ok((await litRows(shown, pane).allTextContents()).some((text) => text.includes(word)));
  }
  await shown.locator(".pane").first().getByLabel("Syntax of assembly").click();
  await shown.waitForFunction(() => window.bessemerPage.state.panes[0].listing.rows.some((row) => /%eax/.test(row.text)));
  await shown.locator("#tab-diff").click();
  await shown.locator(".diff-table").waitFor();
  assert.deepEqual(chrome.faults, []);
  await shown.close();
});
