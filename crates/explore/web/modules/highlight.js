// Colours of code, and of lines that belong together.

import { el } from "./dom.js";

const tokens = /(\/\/.*$|(?:^|\s);.*$)|("(?:[^"\\]|\\.)*")|(\$?-?\b(?:0x[0-9a-fA-F]+|\d[\d_]*)(?:_?[iu](?:8|16|32|64|128|size))?\b)|([@%!][\w.$"-]+)|([A-Za-z_][\w]*)/g;

const words = new Set(("fn let mut pub use mod impl struct enum trait for in if else match while loop return const static move copy "
  + "as where unsafe dyn ref self crate super type async await break continue goto switchInt assert drop unreachable resume "
  + "discriminant define declare ret br call invoke tail store load icmp select phi add sub mul and or xor shl lshr ashr "
  + "getelementptr bitcast ptrtoint inttoptr zext sext trunc alloca switch extractvalue insertvalue function jump brif "
  + "branch trap get_var set_var iconst symbol_addr slot_addr uadd_overflow module data").split(" "));

const registers = /^(?:[re]?(?:ax|bx|cx|dx|si|di|sp|bp|ip)|[abcd][lh]|(?:sil|dil|spl|bpl)|r\d+[dwb]?|[xyz]mm\d+|k[0-7]|[xwvqds]\d{1,2}|sp|lr|x?zr|wzr|[ast]\d{1,2})$/;

// Fills an element with a line's text.
export function paint(element, text, isAssembly) {
  let at = 0;
  let first = isAssembly && /^\s/.test(text);
  const put = (part, kind) => {
    if (part) element.append(kind ? el("span", { class: kind, text: part }) : part);
  };
  tokens.lastIndex = 0;
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    put(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [part, comment, string, number, symbol, word] = match;
    if (comment) put(part, "t-comment");
    else if (string) put(part, "t-string");
    else if (number) put(part, "t-number");
    else if (symbol) put(part, isAssembly ? "t-register" : "t-symbol");
    else if (word && first) put(part, "t-keyword");
    else if (word && isAssembly && registers.test(part)) put(part, "t-register");
    else if (word && !isAssembly && words.has(part)) put(part, "t-keyword");
    else put(part);
    first = false;
  }
  put(text.slice(at));
}

// The colour of a source line: neighbours are far apart.
export function hueOf(file, line) {
  let seed = 0;
  for (let index = 0; index < file.length; index += 1) seed = (seed * 31 + file.charCodeAt(index)) % 360;
  return Math.round((line * 137.508 + seed) % 360);
}

// Which line is lit: pointed at, or chosen, which stays.
export const lit = { hovered: "", pinned: "", listeners: [] };

export function lightLine(kind, key, from) {
  if (lit[kind] === key) return;
  lit[kind] = key;
  for (const listener of lit.listeners) listener(kind, from);
}

export function isLit(key) {
  return key !== "" && (key === lit.hovered || key === lit.pinned);
}
