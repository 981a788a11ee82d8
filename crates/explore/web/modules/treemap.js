// What a program's size is made of: crates, their modules, functions, as areas.

import { byId, el, plural, size } from "./dom.js";
import { stageOf } from "./state.js";

const treemap = { pane: null, path: [] };
// A tree is the same as long as its functions are.
const trees = new WeakMap();

// A tree of crate, modules, functions.
export function sizeTree(functions) {
  if (trees.has(functions)) return trees.get(functions);
  const root = { name: "all", size: 0, count: 0, children: new Map() };
  functions.forEach((entry, index) => {
    const crate = entry.crate || "C and system";
    const name = entry.generic || entry.name;
    // Of `<T as Trait>::f`, the crate is told by the symbol, and there is no module.
    const plain = !name.startsWith("<");
    const parts = plain ? name.split("::") : [crate, name];
    if (parts[0] !== crate) parts.unshift(crate);
    let node = root;
    node.size += entry.size;
    node.count += 1;
    for (const part of parts) {
      if (!node.children.has(part)) node.children.set(part, { name: part, size: 0, count: 0, children: new Map() });
      node = node.children.get(part);
      node.size += entry.size;
      node.count += 1;
    }
    node.index = index;
  });
  trees.set(functions, root);
  return root;
}

// Areas that are as square as they can be, for sizes from the largest to the smallest.
export function squarify(nodes, x, y, width, height) {
  const placed = [];
  const total = nodes.reduce((sum, node) => sum + node.size, 0);
  if (total === 0 || width <= 0 || height <= 0) return placed;
  const scale = (width * height) / total;
  let start = 0;
  while (start < nodes.length) {
    const side = Math.min(width, height);
    const row = [];
    let area = 0;
    let worst = Infinity;
    for (let index = start; index < nodes.length; index += 1) {
      const node = nodes[index];
      const next = area + node.size * scale;
      const most = nodes[start].size * scale;
      const least = node.size * scale;
      const ratio = Math.max((side * side * most) / (next * next), (next * next) / (side * side * least));
      if (row.length > 0 && ratio > worst) break;
      worst = ratio;
      row.push(node);
      area = next;
    }
    const across = area / side;
    let at = 0;
    for (const node of row) {
      const along = (node.size * scale) / across;
      placed.push(width >= height
        ? { node, x, y: y + at, width: across, height: along }
        : { node, x: x + at, y, width: along, height: across });
      at += along;
    }
    if (width >= height) {
      x += across;
      width -= across;
    } else {
      y += across;
      height -= across;
    }
    start += row.length;
  }
  return placed;
}

export function showTreemap(pane, hooks) {
  const root = byId("view-size");
  if (pane !== treemap.pane) treemap.path = [];
  treemap.pane = pane;
  const { compiled } = pane || {};
  if (!compiled) {
    root.replaceChildren(el("p", { class: "empty", text: "Nothing is compiled yet." }));
    return;
  }
  let node = sizeTree(compiled.functions);
  const trail = [node];
  for (const name of treemap.path) {
    if (!node.children.has(name)) break;
    node = node.children.get(name);
    trail.push(node);
  }
  const again = (path) => {
    treemap.path = path;
    showTreemap(pane, hooks);
    root.querySelector(".area")?.focus({ preventScroll: true });
  };
  const crumbs = el("nav", { class: "crumbs", "aria-label": "Where this is" }, ...trail.map((it, depth) => el("button", {
    text: depth === 0 ? "all" : it.name, "aria-current": depth === trail.length - 1 ? "true" : null, onclick: () => again(treemap.path.slice(0, depth)),
  })));
  const unit = compiled.unit === "bytes" ? "of machine code" : `of ${stageOf(pane.stage).label}`;
  const caption = el("p", { class: "quiet", text: `${size(node.size, compiled.unit)} ${unit} in ${plural(node.count, "function")}, as Bessemer made them; what comes compiled from std is not in here.` });
  const map = el("div", { class: "map", role: "group", "aria-label": "Areas by size" });
  root.replaceChildren(el("div", { class: "head" }, crumbs), caption, map);
  const box = map.getBoundingClientRect();
  const largest = (it) => [...it.children.values()].sort((a, b) => b.size - a.size);
  const place = (areas, depth, parent, path) => {
    for (const { node: child, x, y, width, height } of areas) {
      // Nobody hits what is smaller.
      if (width < 4 || height < 4 || width * height < 40) continue;
      const hue = depth === 0 ? hueOfName(child.name) : null;
      const inner = child.children.size > 0;
      const area = el("div", {
        role: "button", tabindex: "0", class: `area depth${depth}${inner ? " inner" : ""}`,
        title: `${[...path, child.name].join("::")}\n${size(child.size, compiled.unit)}${child.count > 1 ? `, ${plural(child.count, "function")}` : ""}`,
        "aria-label": `${child.name}, ${size(child.size, compiled.unit)}`,
        onkeydown: (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          event.stopPropagation();
          area.click();
        },
        onclick: (event) => {
          event.stopPropagation();
          if (inner) again([...path, child.name]);
          else {
            const entry = compiled.functions[child.index];
            hooks.focus(entry.symbol || entry.name, entry.name);
            hooks.view("code");
          }
        },
      });
      area.style.cssText = `left:${x}px;top:${y}px;width:${width}px;height:${height}px`;
      if (hue !== null) area.style.setProperty("--hue", hue);
      const label = el("span", { class: "label" });
      if (width > 44 && height > 16) label.append(el("b", { text: child.name }), ` ${size(child.size, compiled.unit)}`);
      area.append(label);
      parent.append(area);
      if (inner && depth < 2 && width > 40 && height > 40) {
        place(squarify(largest(child), 2, 19, width - 4 - 2, height - 22 - 1), depth + 1, area, [...path, child.name]);
      }
    }
  };
  place(squarify(largest(node), 0, 0, box.width, box.height), 0, map, treemap.path);
}

function hueOfName(name) {
  let seed = 7;
  for (const c of name) seed = (seed * 33 + c.codePointAt(0)) % 3600;
  return (seed * 137.508) % 360;
}
