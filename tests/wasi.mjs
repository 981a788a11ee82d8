// Runs a program for WASI by node: `node --no-warnings wasi.mjs PROGRAM [ARGS…]`.
import { WASI } from 'node:wasi';
import { readFile } from 'node:fs/promises';

const args = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args, env: process.env, preopens: { '.': '.' } });
const module = await WebAssembly.compile(await readFile(args[0]));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
