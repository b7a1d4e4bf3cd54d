/* The identity guard while somebody types: marks behind the text, the passages beside it. On top of fields that are
   judged again when they are sent; where this does not run, they work the same. Keeps nothing. */
(() => {
  "use strict";
  if (!document.body.dataset.signedIn) return; // guests are told at sending
  const WAIT = 400;
  const SECRET = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["x-csrftoken"] || "";
  const COPIED = ["fontFamily", "fontSize", "fontWeight", "fontStyle", "fontStretch", "letterSpacing", "wordSpacing",
    "lineHeight", "textIndent", "textAlign", "direction", "tabSize", "paddingTop", "paddingRight", "paddingBottom",
    "paddingLeft", "borderTopWidth", "borderRightWidth", "borderBottomWidth", "borderLeftWidth"];

  class Guard {
    constructor(box) {
      this.box = box;
      this.field = box.querySelector("[data-guarded]");
      this.list = box.querySelector("[data-guard-list]");
      this.status = box.querySelector("[data-guard-left]");
      this.layer = document.createElement("div");
      this.layer.className = "guard__marks" + (this.field.tagName === "INPUT" ? " guard__marks--line" : "");
      this.layer.setAttribute("aria-hidden", "true");
      this.field.before(this.layer);
      box.classList.add("guard--live");
      this.spans = [];
      this.text = this.field.value;
      this.first = this.field.defaultValue; // what is stored, and not what a draft of this window brought back
      this.field.addEventListener("input", () => this.changed());
      this.field.addEventListener("focus", () => { if (!this.asked && this.field.value.trim()) this.ask(); });
      for (const event of ["scroll", "keyup", "select", "blur"]) this.field.addEventListener(event, () => this.follow());
      this.list.addEventListener("click", (event) => this.pressed(event));
      this.list.addEventListener("change", (event) => { if (event.target.matches("[data-guard-keep]")) this.ask(); });
      new ResizeObserver(() => this.place()).observe(this.field);
      if (this.list.querySelector("[data-find], .guard__problem") || "guardNow" in this.field.dataset) this.ask();
    }

    /* What was marked moves along with the text until the next answer; what is being changed loses its mark. */
    changed() {
      const [was, now] = [this.text, this.field.value];
      let head = 0;
      while (head < was.length && head < now.length && was[head] === now[head]) head += 1;
      let tail = 0;
      while (tail < was.length - head && tail < now.length - head && was.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
      const by = now.length - was.length;
      this.spans = this.spans.flatMap(([start, end, number, kind]) => {
        if (end <= head) return [[start, end, number, kind]];
        return start >= was.length - tail ? [[start + by, end + by, number, kind]] : [];
      });
      this.text = now;
      this.draw();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), WAIT);
    }

    async ask() {
      clearTimeout(this.timer);
      this.waiting?.abort();
      const { box, field } = this;
      const text = this.asked = field.value;
      if (!text.trim()) { this.show(text, "", ""); return; }
      const { name, id, strict, dates, language, settled } = box.dataset;
      const body = new URLSearchParams({ text, name, id, strict, dates, language });
      if (settled !== undefined) body.set("judged" in box.dataset ? "settled_tokens" : "settled", "judged" in box.dataset ? settled : this.first);
      for (const choice of this.list.querySelectorAll("[data-guard-keep]")) body.set(choice.name, choice.value);
      const waiting = this.waiting = new AbortController();
      try {
        const answer = await fetch(box.dataset.url, { method: "POST", body, signal: waiting.signal, redirect: "error",
          headers: { "X-CSRFToken": field.form?.elements.csrfmiddlewaretoken?.value || SECRET } });
        if (!answer.ok) throw new Error("not judged");
        const html = await answer.text();
        if (field.value === text) this.show(text, html, "");
      } catch {
        if (!waiting.signal.aborted) this.show(text, "", box.dataset.failed);
      }
    }

    show(text, html, failed) {
      const { list, status, field } = this;
      const held = list.contains(document.activeElement) ? document.activeElement : null;
      const [heldId, heldFind] = [held?.id, held?.closest("[data-find]")?.dataset.find];
      const open = new Set([...list.querySelectorAll("details[open] select")].map((choice) => choice.id));
      list.innerHTML = html;
      for (const choice of list.querySelectorAll("details select")) if (open.has(choice.id)) choice.closest("details").open = true;
      this.text = text;
      this.spans = [...list.querySelectorAll("[data-find]")].flatMap((find) => JSON.parse(find.dataset.spans).map(
        ([start, end]) => [start, end, find.dataset.find, find.className.match(/find--(\w+)/)[1]])).sort((a, b) => a[0] - b[0]);
      this.draw();
      status.classList.toggle("guard__left--failed", Boolean(failed));
      const words = failed || list.querySelector("[data-guard-summary]")?.textContent || "";
      if (status.textContent !== words) status.textContent = words; // said once, not after every pause
      if (this.next) {
        const finds = [...list.querySelectorAll("[data-find]:not(.find--kept)")];
        const to = finds.find((find) => Number(find.dataset.find) >= this.next) || finds[0];
        (to?.querySelector("[data-guard-take], [data-guard-write]") || field).focus();
        this.next = 0;
      } else if (held) {
        (list.querySelector(`#${CSS.escape(heldId || "-")}`) || list.querySelector(`[data-find="${heldFind}"] ${held.localName}`) || field).focus();
      }
    }

    draw() {
      const parts = [];
      let at = 0;
      for (const [start, end, number, kind] of this.spans) {
        parts.push(this.text.slice(at, start));
        const mark = document.createElement("mark");
        mark.className = `mk mk--${kind}`;
        mark.textContent = this.text.slice(start, end);
        const sign = document.createElement("span");
        sign.className = "mk__n";
        sign.textContent = number;
        mark.append(sign);
        parts.push(mark);
        at = end;
      }
      this.layer.replaceChildren(...parts, this.text.slice(at), "\u200b");
      this.place();
    }

    place() {
      const { field, layer } = this;
      const look = getComputedStyle(field);
      const more = field.scrollHeight - field.clientHeight; // the field grows with the text, up to most of the window
      if (more > 0 && field.tagName === "TEXTAREA") field.style.height = `${Math.max(field.offsetHeight, Math.min(field.offsetHeight + more, innerHeight * 0.7))}px`;
      for (const name of COPIED) layer.style[name] = look[name];
      const edges = (a, b) => parseFloat(look[a]) + parseFloat(look[b]);
      [layer.style.top, layer.style.left] = [`${field.offsetTop}px`, `${field.offsetLeft}px`];
      layer.style.width = `${field.offsetWidth}px`;
      const gutter = field.offsetWidth - field.clientWidth - edges("borderLeftWidth", "borderRightWidth");
      layer.style.paddingRight = `${parseFloat(look.paddingRight) + gutter}px`; // paper behind the scrollbar, no words
      layer.style.height = `${field.offsetHeight}px`;
      if (field.tagName === "INPUT") layer.style.lineHeight = `${field.clientHeight - edges("paddingTop", "paddingBottom")}px`;
      this.follow();
    }

    follow() { [this.layer.scrollTop, this.layer.scrollLeft] = [this.field.scrollTop, this.field.scrollLeft]; }

    pressed({ target }) {
      const find = target.closest("[data-find]");
      if (!find || this.field.value !== this.text) return;
      const spans = JSON.parse(find.dataset.spans);
      if (target.closest("[data-guard-write]")) this.pick(spans[0][0], spans[0][1]);
      if (!target.closest("[data-guard-take]")) return;
      for (const [start, end, words] of spans.reverse()) {
        if (!words) continue;
        this.pick(start, end);
        // So that the browser can undo it; where it cannot write like this, it is written without.
        if (!document.execCommand("insertText", false, words)) {
          this.field.setRangeText(words, start, end, "end");
          this.field.dispatchEvent(new Event("input", { bubbles: true }));
        }
      }
      this.next = Number(find.dataset.find);
      this.ask();
    }

    pick(start, end) {
      this.field.focus();
      this.field.setSelectionRange(start, end);
    }
  }

  const start = (root) => {
    for (const box of root.querySelectorAll("[data-guard]")) if (!box.guard) box.guard = new Guard(box);
  };
  start(document);
  document.addEventListener("htmx:load", ({ target }) => start(target.parentElement || target));
  document.addEventListener("mtd:restored", ({ target }) => {
    for (const box of target.querySelectorAll("[data-guard]")) box.guard?.changed();
  });
})();
