// Where programs spend their time: where there is `perf`, and where there is none.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { browser, explore, folder, settled, type } from "./browser.mjs";

const program = `#[inline(never)]
fn collatz(mut n: u64) -> u32 {
    let mut steps = 0;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        steps += 1;
    }
    steps
}

#[inline(never)]
fn longest(limit: u64) -> Option<u32> {
    let mut most = None;
    for n in 1..limit {
        most = most.max(Some(collatz(n)));
    }
    most
}

fn main() {
    let limit = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(2);
    println!("{:?}", longest(limit));
}
`;

let chrome;
let place;

before(async () => {
  chrome = await browser();
  place = folder();
  place.write("spin.rs", program);
});

after(async () => {
  await chrome?.close();
  place?.remove();
});

function canRecord() {
  try {
    execFileSync("perf", ["record", "-q", "-o", join(place.path, "perf.data"), "--", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const state = (panes, view) => deflateRawSync(JSON.stringify({ panes, view, functions: false })).toString("base64url");
const asm = { stage: "asm", backend: "llvm", level: "3" };

test("a program's time is a flame graph, and stands beside source and assembly", async (context) => {
  if (!canRecord()) return context.skip("perf cannot look here");
  const server = await explore(place.path, ["--profile", "spin.rs", "--", "1000000"]);
  try {
    const page = await chrome.open(`${server.address}#${state([asm], "profile")}`);
    await settled(page);
    const bar = page.locator(".flame-bar", { hasText: "spin::collatz" }).first();
    await bar.waitFor({ timeout: 60000 });
    assert.match(await page.locator("#view-profile .head").textContent(), /\d samples, .*s of processor time/);
    const path = await page.locator(".flame-bar").evaluateAll((bars) => bars.map((it) => it.textContent).filter((it) => /^spin::/.test(it)));
    assert.deepEqual(path.slice(0, 3), ["spin::main", "spin::longest", "spin::collatz"], "who calls stands above");
    // Nearly all of it is one loop.
    const collatz = Number(/, (\d+)/.exec(await bar.getAttribute("aria-label"))[1]);
    assert.ok(collatz > 80, `${collatz} %`);
    const hottest = page.locator(".hot-lines tbody tr").first();
    assert.match(await hottest.textContent(), /spin\.rs:[2-6]$/);
    await hottest.locator(".place").click();
    assert.equal(await page.locator(".cm-line.lit").count(), 1);
    const shares = await page.locator(".cm-heat .heat:not(.around)").allTextContents();
    assert.ok(shares.length > 0 && shares.map((it) => Number(/[\d.]+/.exec(it)[0])).reduce((sum, it) => sum + it) > 80, shares.join());
    assert.match(await page.locator(".cm-heat .heat.around").first().getAttribute("title"), /with what it calls/);
    await bar.click();
    await page.waitForFunction(() => window.bessemerPage.state.panes[0].focusName === "spin::longest" || document.querySelector(".flame-bar").textContent === "spin::collatz");
    await page.locator("#tab-code").click();
    const instructions = (await page.locator(".pane .row .heat").allTextContents()).filter(Boolean);
    assert.ok(instructions.map((it) => Number(/[\d.]+/.exec(it)[0])).reduce((sum, it) => sum + it, 0) > 80, instructions.join());
    // What is edited has not been looked at.
    await type(page, program.replace("3 * n + 1", "n * 3 + 1"));
    await page.waitForFunction(() => document.querySelectorAll(".cm-heat .heat").length === 0);
    await page.locator("#tab-profile").click();
    assert.match(await page.locator("#view-profile .banner").textContent(), /earlier source/);
    await settled(page);
    await page.locator("#profile-again").click();
    await page.waitForFunction(() => document.querySelectorAll(".cm-heat .heat").length > 0, undefined, { timeout: 60000 });
    // A library cannot run.
    await type(page, "pub fn f() {}\n");
    await settled(page);
    await page.locator("#profile-again").click();
    await page.locator("#view-profile .banner", { hasText: "A library has nothing that runs" }).waitFor();
    assert.deepEqual(chrome.faults, []);
    await page.close();
  } finally {
    await server.stop();
  }
});

test("a package's program is looked at, too", async (context) => {
  if (!canRecord()) return context.skip("perf cannot look here");
  const own = folder();
  mkdirSync(join(own.path, "src"));
  own.write("Cargo.toml", "[package]\nname = \"spin-pack\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
  own.write("src/main.rs", program);
  const server = await explore(own.path, ["--profile", "--pane", "asm:cranelift:0", "--", "300000"], {}, true);
  try {
    const page = await chrome.open(server.address);
    await settled(page, undefined, 120000);
    await page.locator("#tab-profile").click();
    await page.locator(".flame-bar", { hasText: "spin_pack::collatz" }).first().waitFor({ timeout: 120000 });
    await page.locator("#tab-code").click();
    assert.ok((await page.locator(".pane .row .heat").allTextContents()).some(Boolean));
    await page.close();
  } finally {
    await server.stop();
    own.remove();
  }
});

test("where there is no perf, the page says what to install", async () => {
  const programs = join(place.path, "programs");
  mkdirSync(programs);
  for (const from of process.env.PATH.split(":").reverse()) {
    let names = [];
    try {
      names = readdirSync(from);
    } catch {
      continue;
    }
    for (const name of names.filter((it) => it !== "perf")) {
      try {
        symlinkSync(join(from, name), join(programs, name));
      } catch {
        // Another folder has one of that name.
      }
    }
  }
  const server = await explore(place.path, ["--profile", "spin.rs"], { PATH: programs });
  try {
    const page = await chrome.open(`${server.address}#${state([asm], "profile")}`);
    const banner = page.locator("#view-profile .banner", { hasText: "linux-perf" });
    await banner.waitFor({ timeout: 60000 });
    assert.match(await banner.textContent(), /`perf` is not installed/);
    await page.close();
  } finally {
    await server.stop();
  }
});
