/* Behaviour of all pages, by data- attributes on markup that works without it. No library but htmx, no inline script.

   data-opens          (with hx-target="#dialog-body") opens the dialog once the part is there; data-close closes it
   data-tick           a counted tick box (data-amount, data-currency); data-tick-all ticks its table; shift-click a range
   data-selection      the bar that shows count ([data-count]) and totals ([data-totals]) of its form or table
   data-rows           a list walked by keys: j/k or arrows; rows carry data-row; see `keys`
   data-key="x"        a link, button or form worked by that key on the current row, in its panel, or on the page
   data-autosubmit     a control that sends its form when it changes
   data-insert="text"  a button that puts its text where one was writing last, in a control with data-inserts
   data-copy, data-drop, data-show-for, data-theme, data-toast, data-confirm, data-search: see below */
(() => {
  "use strict";
  const root = document.documentElement;
  const locale = document.body.dataset.locale || root.lang;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (type, handler, options) => document.addEventListener(type, handler, options);
  const typing = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
  const toasts = () => document.getElementById("toasts");

  /* ---- Messages at the foot ---- */
  function toast(words, kind = "") {
    const note = document.createElement("div");
    note.className = `toast-note ${kind ? `toast-${kind}` : ""}`;
    note.dataset.toast = "";
    note.append(Object.assign(document.createElement("p"), { textContent: words }));
    toasts()?.append(note);
  }
  function tendToast(note) {
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    close.setAttribute("aria-label", toasts().dataset.close);
    close.addEventListener("click", () => note.remove());
    note.append(close);
    // Ten seconds, as long as an undo is possible; a reader's pointer or focus holds it.
    const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : note.remove());
    setTimeout(leave, 10000);
  }
  const toastRegion = toasts();
  if (toastRegion) {
    new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) if (node.dataset?.toast !== undefined) tendToast(node);
    }).observe(toastRegion, { childList: true });
    all("[data-toast]", toastRegion).forEach(tendToast);
  }

  /* ---- htmx: token, errors, loading line, busy buttons ---- */
  on("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });
  on("htmx:beforeSwap", (event) => {
    const { xhr, isError } = event.detail;
    if (isError && xhr.status !== 422 && !xhr.getResponseHeader("HX-Retarget")) {
      event.detail.shouldSwap = false;
      toast(toasts()?.dataset.failed ?? "", "late");
    } else if (isError && xhr.getResponseHeader("HX-Retarget") === "#problems") {
      document.getElementById("dialog")?.close();
      document.getElementById("content")?.scrollIntoView({ block: "start" });
    }
  });
  on("htmx:sendError", () => toast(toasts()?.dataset.offline ?? "", "late"));
  let waiting = 0;
  let line = null;
  function loading(step) {
    waiting = Math.max(0, waiting + step);
    if (waiting && !line) {
      line = setTimeout(() => document.body.append(Object.assign(document.createElement("div"), { className: "is-loading", id: "loading" })), 250);
    } else if (!waiting) {
      clearTimeout(line);
      line = null;
      document.getElementById("loading")?.remove();
    }
  }
  on("htmx:beforeSend", () => loading(1));
  on("htmx:afterRequest", () => loading(-1));

  /* ---- A form is sent once: a second click waits for the answer of the first ---- */
  on("submit", (event) => {
    const form = event.target;
    const asks = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (asks && !window.confirm(asks)) return event.preventDefault();
    if ((event.submitter?.formMethod || form.method) !== "post") return;
    // A preview opens in a frame of the page and changes nothing: the browser sends it, htmx never hears of it.
    if (event.submitter?.formTarget) return event.stopPropagation();
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    // A post that answers with a download leaves the page as it is: free the form again after a while.
    setTimeout(() => release(form), 30000);
  }, true);
  function release(form) {
    delete form.dataset.sent;
    all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
  }
  on("htmx:afterRequest", (event) => {
    const form = event.target.closest("form");
    if (form) release(form);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach(release));

  /* ---- The dialog ---- */
  const dialog = document.getElementById("dialog");
  on("htmx:load", (event) => {
    if (!dialog?.contains(event.target)) return;
    const fresh = !dialog.open;
    if (fresh) dialog.showModal();
    const wrong = event.target.querySelector(".is-invalid");
    const first = dialog.querySelector("[autofocus], .dialog-content :is(input:not([type=hidden]), select, textarea):not([disabled])");
    (wrong ?? (fresh ? first : null))?.focus();
  });
  document.body.addEventListener("dialog-close", () => dialog?.close());
  dialog?.addEventListener("close", () => document.getElementById("dialog-body").replaceChildren());
  on("click", (event) => {
    const closer = event.target.closest("dialog [data-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  /* ---- Tick boxes, their count and totals ---- */
  const scope = (element) => element.form ?? element.closest("[data-ticks]") ?? document;
  const ticksOf = (where) => (where instanceof HTMLFormElement ? [...where.elements].filter((box) => box.matches("[data-tick]")) : all("[data-tick]", where));
  // Exact: whole ten-thousandths as BigInt, never a float.
  function units(text) {
    const match = /^(-?)(\d+)(?:\.(\d{1,4})\d*)?$/.exec(text ?? "");
    if (!match) return 0n;
    const size = BigInt(match[2]) * 10000n + BigInt((match[3] ?? "").padEnd(4, "0"));
    return match[1] ? -size : size;
  }
  function written(total, currency) {
    const size = total < 0n ? -total : total;
    const text = `${size / 10000n}.${(size % 10000n).toString().padStart(4, "0")}`;
    let digits = 2;
    try { digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits; } catch { /* an unknown code has two */ }
    return `${total < 0n ? "−" : ""}${new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(text)} ${currency}`;
  }
  function tally(where) {
    const bar = where.querySelector("[data-selection]") ?? document.querySelector("[data-selection]");
    if (!bar) return;
    const ticked = ticksOf(where).filter((box) => box.checked);
    const sums = new Map();
    for (const box of ticked) if (box.dataset.currency) sums.set(box.dataset.currency, (sums.get(box.dataset.currency) ?? 0n) + units(box.dataset.amount));
    const count = bar.querySelector("[data-count]");
    const totals = bar.querySelector("[data-totals]");
    if (count) count.textContent = ticked.length === 1 ? count.dataset.one : count.dataset.many.replace("{n}", new Intl.NumberFormat(locale).format(ticked.length));
    if (totals) totals.textContent = [...sums].map(([currency, sum]) => written(sum, currency)).join(" · ");
    bar.hidden = ticked.length === 0;
    for (const box of all("[data-tick-all]", where)) {
      box.checked = ticked.length > 0 && ticked.length === ticksOf(where).length;
      box.indeterminate = ticked.length > 0 && !box.checked;
    }
  }
  let lastTick = null;
  on("click", (event) => {
    const box = event.target.closest("[data-tick]");
    if (!box) return;
    const boxes = ticksOf(scope(box));
    if (event.shiftKey && lastTick && boxes.includes(lastTick)) {
      const [from, to] = [boxes.indexOf(lastTick), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    }
    lastTick = box;
    tally(scope(box));
  });
  on("change", (event) => {
    const box = event.target;
    if (box.matches("[data-tick-all]")) {
      all("[data-tick]", box.closest("table") ?? scope(box)).forEach((other) => { other.checked = box.checked; });
      tally(scope(box));
    } else if (box.matches("[data-tick]")) tally(scope(box));
    if (box.matches("[data-autosubmit], [data-autosubmit] *")) box.form?.requestSubmit();
    if (box.matches("[data-shows]")) showFor(box);
  });

  /* ---- Fields that belong to one choice: <div data-show-for="kind=promise paid"> ---- */
  function showFor(within) {
    for (const block of all("[data-show-for]", within.form ?? document)) {
      const [name, values] = block.dataset.showFor.split("=");
      const form = block.closest("form");
      const control = form?.elements.namedItem(name);
      // A block inside a hidden one stays hidden: outer blocks come first in the page.
      const hide = !control || !values.split(" ").includes(control.value) || block.parentElement.closest("[data-show-for][hidden]") !== null;
      block.hidden = hide;
      all("input, select, textarea", block).forEach((field) => { field.disabled = hide; });
    }
  }

  /* ---- Words put into a text ---- */
  let lastText = null;
  on("focusin", (event) => { if (event.target.matches?.("[data-inserts]")) lastText = event.target; });
  on("click", (event) => {
    const button = event.target.closest("[data-insert]");
    const target = lastText?.isConnected ? lastText : all("textarea[data-inserts]").find((each) => each.offsetParent !== null);
    if (!button || !target) return;
    target.focus();
    target.setRangeText(button.dataset.insert, target.selectionStart, target.selectionEnd, "end");
    target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* ---- Copy, files, theme ---- */
  on("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try { await navigator.clipboard.writeText(button.dataset.copy); } catch { return; }
    toast(button.dataset.copied ?? "");
  });
  function listFiles(drop) {
    const list = drop.querySelector("[data-drop-list]");
    const files = [...(drop.querySelector("input[type=file]")?.files ?? [])];
    if (!list) return;
    list.replaceChildren(...files.map((file) => Object.assign(document.createElement("li"), { textContent: `${file.name} · ${Math.max(1, Math.round(file.size / 1024))} KB` })));
    list.hidden = files.length < 2;
  }
  for (const type of ["dragover", "dragleave", "drop"]) {
    on(type, (event) => {
      const drop = event.target.closest?.("[data-drop]");
      if (!drop) return;
      event.preventDefault();
      drop.classList.toggle("is-over", type === "dragover");
      const input = drop.querySelector("input[type=file]");
      if (type === "drop" && input && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
  on("change", (event) => { const drop = event.target.closest("[data-drop]"); if (drop) listFiles(drop); });
  on("click", (event) => {
    const button = event.target.closest("button[data-theme]");
    if (!button) return;
    event.preventDefault();
    const theme = button.dataset.theme;
    if (theme) root.dataset.bsTheme = theme; else delete root.dataset.bsTheme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${theme}; Path=/; Max-Age=${theme ? 31536000 : 0}; SameSite=Lax${secure}`;
    all("button[data-theme]").forEach((other) => (other === button ? other.setAttribute("aria-pressed", "true") : other.removeAttribute("aria-pressed")));
  });

  /* ---- Keys ---- */
  const rows = () => all("[data-rows] [data-row]");
  const current = () => document.querySelector("[data-row].is-current");
  function stand(row) {
    if (!row) return;
    all("[data-row].is-current").forEach((other) => { other.classList.remove("is-current"); other.removeAttribute("aria-current"); });
    row.classList.add("is-current");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    // Elements may listen with hx-trigger="row-chosen" to show the row beside the list.
    row.dispatchEvent(new CustomEvent("row-chosen", { bubbles: false }));
  }
  function step(by) {
    const list = rows();
    const at = list.indexOf(current());
    stand(list[Math.min(list.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by))]);
  }
  function press(key) {
    const held = [current(), document.querySelector("[data-panel]"), document].filter(Boolean);
    for (const where of held) {
      const control = all("[data-key]", where).find((element) => element.dataset.key === key && element.offsetParent !== null && (where !== document || !element.closest("[data-row]")));
      if (!control) continue;
      if (control instanceof HTMLFormElement) control.requestSubmit(control.querySelector("button"));
      else control.click();
      return true;
    }
    return false;
  }
  function results(event) {
    const links = all("#search-results a");
    const at = links.indexOf(document.activeElement);
    if (!links.length || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? document.querySelector("[data-search]") : links[Math.min(next, links.length - 1)]).focus();
  }
  on("keydown", (event) => {
    const box = document.querySelector("[data-search]");
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing(event.target))) {
      if (!box || dialog?.open) return;
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "Escape") {
      all("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
      if (event.target.closest(".top-search")) { document.getElementById("search-results").replaceChildren(); event.target.blur(); }
    } else if (event.target.closest(".top-search")) {
      results(event);
    } else if (!typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey && !dialog?.open) {
      keys(event);
    }
  });
  function keys(event) {
    const move = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const free = !event.target.closest("a, button, summary, .table-box[tabindex]") || event.target.closest("[data-row]");
    if (move && rows().length && free) {
      event.preventDefault();
      step(move);
    } else if (event.key === "x" && current()) {
      current().querySelector("[data-tick]")?.click();
    } else if ((event.key !== "Enter" || !event.target.closest("a, button, summary")) && press(event.key)) {
      event.preventDefault();
    }
  }
  on("click", (event) => {
    const row = event.target.closest("[data-rows] [data-row]");
    if (row && !event.target.closest("a, button, input, label, summary, select")) stand(row);
    if (!event.target.closest(".top-search")) document.getElementById("search-results")?.replaceChildren();
  });

  /* ---- What must be right at once and after each swap ---- */
  function settle() {
    all("[data-selection]").forEach((bar) => tally(bar.closest("form") ?? bar.closest("[data-ticks]") ?? document));
    showFor(document);
  }
  settle();
  // htmx says this of the page once it listens, and of every part it swaps in.
  on("htmx:load", () => {
    settle();
    if (document.querySelector("[data-rows][data-stand-first]") && !current()) stand(rows()[0]);
  });
})();
