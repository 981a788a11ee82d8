// A browser, and `bessemer explore`, for tests.
//
// BESSEMER names the program, EXPLORE_MODULES the folder with npm's packages, CHROMIUM a browser.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const modules = process.env.EXPLORE_MODULES ?? ".";
const { chromium } = createRequire(join(modules, "node_modules", "x.js"))("playwright-core");

export const source = `pub fn sum(values: &[u32]) -> u32 {
    let mut total = 0u32;
    for value in values {
        total = total.wrapping_add(*value);
    }
    total
}

pub fn twice(x: u32) -> u32 {
    helper(x) ^ helper(x + 1)
}

#[inline(never)]
fn helper(x: u32) -> u32 {
    x.rotate_left(3) ^ 7
}

pub fn lengths(words: &[String], numbers: &[u64]) -> (String, String) {
    (shown(&words.len()), shown(&numbers.first()))
}

#[inline(never)]
fn shown<T: std::fmt::Debug>(value: &T) -> String {
    format!("{value:?}")
}
`;

export function folder() {
  const path = mkdtempSync(join(tmpdir(), "explore-test-"));
  return { path, write: (name, text) => writeFileSync(join(path, name), text), remove: () => rmSync(path, { recursive: true, force: true }) };
}

// Starts `bessemer explore`, or `cargo bessemer explore`, and waits for the page's address.
export async function explore(cwd, args, env = {}, isPackage = false) {
  const program = isPackage ? process.env.BESSEMER.replace(/bessemer$/, "cargo-bessemer") : process.env.BESSEMER;
  const child = spawn(program, [...(isPackage ? ["bessemer"] : []), "explore", ...args], { cwd, env: { ...process.env, BESSEMER_CACHE_DIR: join(cwd, "cache"), ...env } });
  let said = "";
  child.stderr.on("data", (data) => { said += data; });
  const address = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
      if (text.includes("\n")) resolve(text.trim());
    });
    child.on("exit", (code) => reject(new Error(`bessemer explore ended with ${code}: ${said}`)));
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { address, child, stop };
}

// A browser with a folder of its own.
export async function browser(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "explore-profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const faults = [];
  const open = async (address) => {
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
    await page.goto(address);
    return page;
  };
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { open, close, faults, context };
}

export const status = (page) => page.locator("#status");

// Waits until all panes show what the source says now.
export async function settled(page, words = /^(Compiled|Exported)$/, timeout = 60000) {
  await page.waitForFunction((pattern) => {
    const text = document.getElementById("status").textContent;
    return new RegExp(pattern).test(text) && !document.querySelector(".pane.busy") && [...document.querySelectorAll(".pane")].every((pane) => pane.dataset.rows || !document.querySelector("#status.good"));
  }, words.source, { timeout });
}

// The text of a pane's rows that are there.
export function rows(page, pane) {
  return page.locator(".pane").nth(pane).locator(".code .row .text").allTextContents();
}

// All of a pane's lines, those that are not seen as well.
export function listing(page, pane) {
  return page.evaluate((index) => window.bessemerPage.state.panes[index].listing.rows.map((row) => row.text), pane);
}

export async function type(page, text) {
  await page.evaluate((it) => window.bessemerPage.sourceIs(it), text);
}

export function litRows(page, pane) {
  return page.locator(".pane").nth(pane).locator(".code .row.lit, .code .part.lit");
}
