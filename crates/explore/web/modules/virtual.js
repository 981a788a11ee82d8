// A list of which only what is seen is there: 30,000 rows cost no more than 50.

import { el } from "./dom.js";

// `render(index, element)` fills a row that is empty; `changed(first, last)` hears what is seen.
export class VirtualList {
  constructor(root, rowHeight, render, changed) {
    this.root = root;
    this.rowHeight = rowHeight;
    this.render = render;
    this.changed = changed || (() => {});
    this.count = 0;
    this.rows = new Map();
    this.space = el("div", { class: "space" });
    root.append(this.space);
    root.addEventListener("scroll", () => this.update(), { passive: true });
    new ResizeObserver(() => this.update()).observe(root);
  }

  setCount(count, keepScroll) {
    this.count = count;
    this.space.style.height = `${count * this.rowHeight}px`;
    if (!keepScroll) this.root.scrollTop = 0;
    this.refresh();
  }

  // All rows again.
  refresh() {
    for (const element of this.rows.values()) element.remove();
    this.rows.clear();
    this.update();
  }

  update() {
    const first = Math.max(0, Math.floor(this.root.scrollTop / this.rowHeight) - 8);
    const seen = Math.ceil((this.root.clientHeight || 0) / this.rowHeight);
    const last = Math.min(this.count, first + seen + 16);
    for (const [index, element] of this.rows) {
      if (index < first || index >= last) {
        element.remove();
        this.rows.delete(index);
      }
    }
    for (let index = first; index < last; index += 1) {
      if (this.rows.has(index)) continue;
      const element = el("div", { class: "row" });
      element.style.top = `${index * this.rowHeight}px`;
      element.dataset.index = index;
      this.render(index, element);
      this.space.append(element);
      this.rows.set(index, element);
    }
    this.changed(first, last);
  }

  reveal(index, centre) {
    const top = index * this.rowHeight;
    const { scrollTop, clientHeight } = this.root;
    if (top < scrollTop || top + this.rowHeight > scrollTop + clientHeight) {
      this.root.scrollTop = centre ? top - clientHeight / 2 : top < scrollTop ? top : top + this.rowHeight - clientHeight;
    }
    this.update();
  }
}
